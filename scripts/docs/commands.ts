import { existsSync } from "node:fs";
import path from "node:path";
import { binary } from "@/scripts/processes";
import type { Block, MarkdownDocument } from "./document";
import { isVariable, unknownVariable } from "./environment";
import type { Knowledge } from "./knowledge";
import { programProblem } from "./programs";
import { type Assignment, type ShellCommand, ShellError, shellCommands } from "./shell";

/** Whether the commands in samples of shell are there, and take what they are given. */

export type Surroundings = Knowledge & {
  /** The folder in which the files are that commands name. */
  root: string;
};

/** What the reader has to fill in: `…`, `<login>` or a variable of the shell. */
const isOpen = (value: string) => /[…$<]/.test(value);

/** Options of npm itself, such as `-s`, may stand anywhere before `--`. */
function withoutOptions(words: string[]): string[] {
  const dashes = words.indexOf("--");
  const own = dashes === -1 ? words : words.slice(0, dashes);
  return [...own.filter((word) => !/^-./.test(word)), ...(dashes === -1 ? [] : words.slice(dashes))];
}

async function npmProblems(typed: string[], { scripts, programs }: Surroundings): Promise<string[]> {
  const [, verb = "", ...words] = withoutOptions(typed);
  if (!["run", "test", "start"].includes(verb)) return [];
  const script = verb === "run" ? (words[0] ?? "") : verb;
  if (!scripts.includes(script)) return [`package.json has no script "${script}"; mend the name, or add it there.`];
  const program = Object.hasOwn(programs, script) ? programs[script] : undefined;
  if (!program) return [];
  const dashes = words.indexOf("--");
  const given = dashes === -1 ? [] : words.slice(dashes + 1);
  if (dashes === -1 && words.length > 1) return [`put "--" in front of what npm is to hand on to ${script}.`];
  // Without a command these programs show their help.
  if (given.length === 0) return [];
  const problem = await programProblem(await program(), given);
  return problem === undefined ? [] : [`npm run ${script} -- ${given.join(" ")}: ${problem}.`];
}

function npxProblems([, name = "", ...words]: string[], { root }: Surroundings): string[] {
  if (!existsSync(binary(name))) return [`npx ${name}: no package of the project brings it.`];
  return words
    .filter((word) => /\/.*\.tsx?$/.test(word) && !existsSync(path.join(root, word)))
    .map((word) => `there is no file ${word}, and no sample that shows it.`);
}

/** Whether a path of a sample is one that is served; a segment with a variable may be any. */
function isServed(asked: string, paths: string[]): boolean {
  const segments = asked.split("/");
  return paths.some((known) => {
    const pattern = known.split("/");
    const rest = pattern.findIndex((segment) => segment.startsWith("[..."));
    if (rest === -1 ? pattern.length !== segments.length : segments.length <= rest) return false;
    return pattern.every(
      (segment, index) => segment.startsWith("[") || (index < segments.length && segment === segments[index]),
    );
  });
}

/** An address of this app: below a variable, or on a host that stands for it. */
const OURS =
  /^(?:\$\{?\w+\}?|https?:\/\/(?:localhost|127\.0\.0\.1|gatehouse\.example\.com)(?::\d+)?)(\/[^?#]*)?(?:[?#].*)?$/;

function curlProblems(words: string[], { paths }: Surroundings): string[] {
  return words
    .map((word) => OURS.exec(word)?.[1])
    .filter((asked): asked is string => asked !== undefined && !isServed(asked, paths))
    .map((asked) => `the app serves no ${asked}; mend the path (lib/routes.ts lists all).`);
}

function assignmentProblems(
  assignments: Assignment[],
  { words, block }: { words: string[]; block: Block },
  of: Surroundings,
): string[] {
  // `NAME=…` on a line of its own is for the lines that follow, not for the app.
  const isForShell = ({ name, value }: Assignment) =>
    words.length === 0 && (value.includes("$(") || new RegExp(`\\$\\{?${name}\\b`).test(block.code));
  const given = assignments.filter((assignment) => !isForShell(assignment));
  const values = Object.fromEntries(
    given.filter(({ value }) => !isOpen(value)).map(({ name, value }) => [name, value]),
  );
  return [
    ...given.filter(({ name }) => !isVariable(name, of)).map(({ name }) => unknownVariable(name)),
    ...of
      .configurationProblems(values)
      .filter(({ name }) => Object.hasOwn(values, name))
      .map(({ name, problem }) => `the app would not start: ${name} ${problem}.`),
  ];
}

/** `-e NAME=value` and the like, which hand a variable to a container or a service. */
const handedOn = (words: string[]): string[] =>
  words.flatMap((word, index) => {
    const isEnvironment = /^(-e|--env|-E|--setenv)$/.test(words[index - 1] ?? "");
    return (isEnvironment && /^([A-Z][A-Z0-9_]*)(=|$)/.exec(word)?.[1]) || [];
  });

async function commandProblems(
  { assignments, words }: ShellCommand,
  block: Block,
  of: Surroundings,
): Promise<string[]> {
  const [program] = words;
  const own =
    program === "npm"
      ? await npmProblems(words, of)
      : program === "npx"
        ? npxProblems(words, of)
        : program === "curl"
          ? curlProblems(words, of)
          : [];
  return [
    ...assignmentProblems(assignments, { words, block }, of),
    ...handedOn(words)
      .filter((name) => !isVariable(name, of))
      .map(unknownVariable),
    ...own,
  ];
}

/** What is wrong in a block of shell, a sentence each. */
export async function shellProblems(block: Block, surroundings: Surroundings): Promise<string[]> {
  const where = (line: number) => `${block.document}:${block.line + line}`;
  try {
    const commands = shellCommands(block.code);
    if (commands.length > 0 && commands.every(({ words }) => words.length === 0)) {
      return [`${where(0)}: these are lines of a .env file; call the block ini, so that they are read as one.`];
    }
    const problems = await Promise.all(
      commands.map(async (command) =>
        (await commandProblems(command, block, surroundings)).map((problem) => `${where(command.line)}: ${problem}`),
      ),
    );
    return problems.flat();
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    return [`${where(error.line)}: ${error.message}.`];
  }
}

/** A path of the project that is written out: no pattern, and nothing to fill in. */
const WRITTEN_OUT = /^(?:app|components|e2e|lib|messages|scripts|types)\/[\w./[\]()-]*$/;

/** What is wrong with the files, scripts and commands that the text names, as in `npm run check`. */
export async function spanProblems(document: MarkdownDocument, surroundings: Surroundings): Promise<string[]> {
  const problems = document.spans.map(async ({ text, line }) => {
    if (WRITTEN_OUT.test(text) && !existsSync(path.join(surroundings.root, text))) {
      return [`${document.path}:${line}: there is no ${text}; mend the path.`];
    }
    const [, script = "", command] = /^npm run ([\w:-]+)(?: -- ([a-z][\w-]*))?/.exec(text) ?? [];
    if (script === "") return [];
    const words = ["npm", "run", script, ...(command && !text.includes(" -- --") ? ["--", "help", command] : [])];
    const found = await npmProblems(script === "auth" ? words : words.slice(0, 3), surroundings);
    return found.map((problem) => `${document.path}:${line}: ${problem}`);
  });
  return (await Promise.all(problems)).flat();
}
