import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Block, MarkdownDocument } from "./document";
import type { Knowledge } from "./knowledge";
import { at } from "./world";

/** Whether documents, .env.example and the app speak of the same environment variables. */

/** Those of others: Node.js, PostgreSQL's and OpenLDAP's programs, OpenTelemetry, the terminal. */
const OF_OTHERS =
  /^(NODE_OPTIONS|NEXT_TELEMETRY_DISABLED|NODE_EXTRA_CA_CERTS|HOSTNAME|TZ|LANG|LC_\w+|PG[A-Z]+|POSTGRES_\w+|LDAPTLS_\w+|OTEL_\w+)$/;
/** Those that only tests and scripts of the project read. */
const OF_SCRIPTS = /^(CI|CHROMIUM_PATH|SLAPD_PATH)$/;
/** Next.js sets it by itself and refuses to read it from a file. */
const NOT_IN_FILES = ["NODE_ENV"];

const GUIDE = "docs/configuration.md";
const EXAMPLE = ".env.example";

export const isVariable = (name: string, { sampleVariables }: Knowledge): boolean =>
  sampleVariables.includes(name) || OF_OTHERS.test(name) || OF_SCRIPTS.test(name);

export const unknownVariable = (name: string): string =>
  `there is no variable ${name}; mend the name, or add it to lib/config/variables.ts.`;

const lineOf = ({ code, line }: Block, name: string) => {
  const found = code.split("\n").findIndex((text) => text.startsWith(`${name}=`));
  return line + Math.max(found, 0);
};

/** A block of lines as in a .env file, read as a whole. */
export function envProblems(block: Block, knowledge: Knowledge): string[] {
  const values = parseEnv(block.code) as Record<string, string>;
  const where = (name: string) => `${block.document}:${lineOf(block, name)}`;
  const unknown = Object.keys(values).filter((name) => !isVariable(name, knowledge));
  return [
    ...unknown.map((name) => `${where(name)}: ${unknownVariable(name)}`),
    ...knowledge
      .configurationProblems(values)
      .map(({ name, problem }) => `${where(name)}: the app would not start: ${name} ${problem}.`),
  ];
}

/** Names of variables in what is for other programs, such as a service file. */
export function foreignProblems(block: Block, knowledge: Knowledge): string[] {
  return block.code.split("\n").flatMap((text, index) =>
    [...text.matchAll(/(?<![\w$.{-])([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?=\s*[=:])/g)]
      .map(([name]) => name)
      .filter((name) => !isVariable(name, knowledge))
      .map((name) => `${block.document}:${block.line + index}: ${unknownVariable(name)}`),
  );
}

/** What a cell says that is nothing but one piece of code. */
const codeIn = (cell: string | undefined) => /^`([^`]+)`$/.exec(cell ?? "")?.[1];

/** The guide has the default of a variable in the second cell, and an example in the last of four. */
function rowProblems(name: string, [, said, , example]: string[], knowledge: Knowledge): string[] {
  const actual = knowledge.defaults[name] ?? "";
  const code = said === "none" ? "" : codeIn(said);
  const isOther = code !== undefined && code !== actual && !(code === "[]" && actual === "");
  const value = codeIn(example);
  const faults = value === undefined ? [] : knowledge.configurationProblems({ [name]: value });
  return [
    ...(isOther ? [`the default of ${name} is ${actual === "" ? "none" : `\`${actual}\``}, not ${said}.`] : []),
    ...faults.filter((fault) => fault.name === name).map(({ problem }) => `the example of ${name} ${problem}.`),
  ];
}

function guideProblems(guide: MarkdownDocument | undefined, knowledge: Knowledge): string[] {
  // Whoever has taken the guides out has nothing to keep up to date.
  if (!guide) return [];
  const { variables } = knowledge;
  const named = guide.rows.flatMap(({ cells, line }) =>
    [...(cells[0] ?? "").matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = ""]) => ({ name, cells, line })),
  );
  const names = new Set(named.map(({ name }) => name));
  const problems = named.flatMap(({ name, cells, line }) => {
    const found = variables.includes(name) ? rowProblems(name, cells, knowledge) : [unknownVariable(name)];
    return found.map((problem) => `${at({ document: GUIDE, line })}: ${problem}`);
  });
  const missing = variables.filter((name) => !names.has(name));
  return [...problems, ...missing.map((name) => `${GUIDE}: ${name} has no row in a table; say there what it means.`)];
}

function exampleProblems(root: string, { variables }: Knowledge): string[] {
  const text = existsSync(path.join(root, EXAMPLE)) ? readFileSync(path.join(root, EXAMPLE), "utf8") : "";
  const named = text.split("\n").flatMap((line, index) => {
    const name = /^(?:# )?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: index + 1 }];
  });
  const names = new Set(named.map(({ name }) => name));
  return [
    ...named
      .filter(({ name }) => !variables.includes(name) || NOT_IN_FILES.includes(name))
      .map(({ name, line }) => `${EXAMPLE}:${line}: ${unknownVariable(name)}`),
    ...variables
      .filter((name) => !names.has(name) && !NOT_IN_FILES.includes(name))
      .map((name) => `${EXAMPLE}: ${name} is missing; add a line "# ${name}=".`),
  ];
}

/** Where the lists of all variables differ from those that the app knows. */
export function variableProblems(root: string, documents: MarkdownDocument[], knowledge: Knowledge): string[] {
  const guide = documents.find((document) => document.path === GUIDE);
  return [...guideProblems(guide, knowledge), ...exampleProblems(root, knowledge)];
}
