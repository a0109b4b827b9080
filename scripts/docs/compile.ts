import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary, run } from "@/scripts/processes";
import { ROUTE_TYPES } from "./route-types";
import { at, type World } from "./world";

/** The samples before the compiler of the project, with its own options. */

const PROJECT = "tsconfig.samples.json";
const ERROR = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/;

type CompilerError = { file: string; line: number; text: string };

/** An error goes on in the lines that are indented below it. */
function readErrors(output: string, root: string): { errors: CompilerError[]; others: string[] } {
  const errors: CompilerError[] = [];
  const others: string[] = [];
  for (const line of output.split("\n").filter((text) => text.trim() !== "")) {
    const [, file = "", row, code, text] = ERROR.exec(line) ?? [];
    const last = errors.at(-1);
    if (row)
      errors.push({ file: path.relative(root, path.resolve(file)), line: Number(row), text: `${text} (${code})` });
    else if (last && /^\s/.test(line)) last.text += ` ${line.trim()}`;
    else others.push(line);
  }
  return { errors, others };
}

function described({ files }: World, { file, line, text }: CompilerError): string {
  const origin = files.get(file)?.[line - 1]?.origin;
  if (origin) return `${at(origin)}: does not compile: ${text}`;
  return `${file}: does not compile together with what samples add; show what else they need: ${text}`;
}

/** Files that declare what others rely on without importing them. */
function declarations(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => /^declare (module|global) /m.test(readFileSync(path.join(root, file), "utf8")))
    .concat(existsSync(path.join(root, ROUTE_TYPES)) ? [ROUTE_TYPES] : []);
}

/** What the compiler says of the samples in `world`, a sentence each, by the lines of the documents. */
export async function compileProblems(world: World): Promise<string[]> {
  const code = [...world.files.keys()].filter((file) => /\.tsx?$/.test(file));
  if (code.length === 0) return [];
  const file = path.join(world.root, PROJECT);
  const project = {
    extends: "./tsconfig.json",
    // A sample without imports is a module of its own all the same, and shares no names with others.
    compilerOptions: { moduleDetection: "force" },
    files: [...new Set([...code, ...declarations(world.root)])],
    include: [],
  };
  writeFileSync(file, JSON.stringify(project));
  const { code: exit, output } = await run(path.resolve(binary("tsc")), ["--noEmit", "--pretty", "false", "-p", file], {
    isQuiet: true,
  });
  if (exit === 0) return [];
  const { errors, others } = readErrors(output, world.root);
  return [...errors.map((error) => described(world, error)), ...others];
}
