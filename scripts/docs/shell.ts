/** Enough of the shell's grammar to see which commands a sample runs. */

export type Assignment = { name: string; value: string };

export type ShellCommand = {
  /** Line within the block, from 0. */
  line: number;
  /** What is set for this command, or for the shell if there are no words. */
  assignments: Assignment[];
  words: string[];
};

/** Thrown with a sentence on what cannot be read. */
export class ShellError extends Error {
  constructor(
    readonly line: number,
    problem: string,
  ) {
    super(problem);
  }
}

type Token = { kind: "word" | "end"; text: string; line: number };

/** `<login>` and `…` are for the reader to fill in; the shell would see a redirection in the former. */
const TOKEN =
  /(?<end>\n|&&|\|\||[;|&()])|(?<space>[ \t]+|\\\n)|(?<comment>#[^\n]*)|(?<redirection>\d*[<>]{1,2}&?(?![\w -]*>))|(?<word>(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|<[\w -]+>|\\[^\n]|[^\s;|&()<>'"\\])+)/y;

const unquoted = (word: string) =>
  word.replace(
    /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([^\n])/g,
    (_all, single, double, escaped) => single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped,
  );

/** Takes out what is written between `<<WORD` and a line that is just that word, and leaves the lines empty. */
const withoutHereDocuments = (code: string) =>
  code.replace(/<<-?\s*(['"]?)(\w+)\1([^\n]*)\n([\s\S]*?)\n[ \t]*\2(?=\n|$)/g, (_all, _quote, _word, rest, text) =>
    [rest, ...text.split("\n"), ""].map((line, index) => (index === 0 ? line : "")).join("\n"),
  );

function tokens(code: string): Token[] {
  const result: Token[] = [];
  let line = 0;
  let isTarget = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const match = TOKEN.exec(code);
    if (!match) throw new ShellError(line, "this line is no shell; mend its quotes");
    const { end, word, redirection } = match.groups ?? {};
    if (end !== undefined) result.push({ kind: "end", text: end, line });
    if (word !== undefined && !isTarget) result.push({ kind: "word", text: word, line });
    // The word behind it is a file, not an argument.
    if (match.groups?.space === undefined) isTarget = redirection !== undefined;
    line += match[0].split("\n").length - 1;
  }
  return result;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/;

/** What stands before a command and does not change which one it is. */
const BEFORE = /^(do|then|else|if|while|until|!|time|sudo|exec|nohup|env|export)$/;

/** Commands whose output becomes a part of a word. */
const substituted = (word: string): string[] =>
  [...word.replace(/'[^']*'/g, "").matchAll(/\$\(((?:[^()]|\([^()]*\))*)\)/g)].map(([, inner = ""]) => inner);

/**
 * The commands of a block of shell in order, also those inside of others. Redirections and comments are left out.
 * @throws ShellError if it cannot be read
 */
export function shellCommands(code: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let current: ShellCommand | undefined;
  for (const { kind, text, line } of tokens(withoutHereDocuments(code))) {
    if (kind === "end") {
      current = undefined;
      continue;
    }
    if (!current) {
      current = { line, assignments: [], words: [] };
      commands.push(current);
    }
    for (const inner of substituted(text)) {
      commands.push(...shellCommands(inner).map((command) => ({ ...command, line: command.line + line })));
    }
    const [, name, value = ""] = ASSIGNMENT.exec(text) ?? [];
    if (name !== undefined && current.words.length === 0) {
      current.assignments.push({ name, value: unquoted(value) });
    } else if (current.words.length > 0 || !BEFORE.test(text)) current.words.push(unquoted(text));
  }
  return commands;
}
