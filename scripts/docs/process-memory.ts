import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { MarkdownDocument } from "./document";
import { at } from "./world";

/** Whether the guide to several machines names everything that a process keeps from one request to the next. */

const GUIDE = "docs/scaling.md";
const HEADING = "What a process keeps";

/** On globalThis, changed later, filled later, or a queue. */
const KEPT = [
  /\b(gatehouse[A-Z]\w*)\?:/g,
  /^(?:export )?let (\w+)/gm,
  /^(?:export )?const (\w+) = (?:new (?:Map|Set|WeakMap|WeakSet)(?:<[^\n]*>)?\(\)|pLimit\()/gm,
];

/** Tests and what they use keep what they like. */
const isOfTests = (file: string) => /\.test\.tsx?$|^testing\//.test(file);

/** Names by file, as in `known` of lib/auth/oidc/metadata.ts. */
function keptIn(root: string): { name: string; file: string }[] {
  const folder = path.join(root, "lib");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => /\.tsx?$/.test(file) && !isOfTests(file))
    .flatMap((file) => {
      const text = readFileSync(path.join(folder, file), "utf8");
      const names = KEPT.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = ""]) => name));
      return [...new Set(names)].map((name) => ({ name, file: `lib/${file}` }));
    });
}

/** A cell that names what is kept, as opposed to one of another table. */
const NAMES = /^`\w+`(, `\w+`)*$/;

const codeIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);

/** Rows of the guide whose first cell names what is kept and whose second the file, and those that are missing; a sentence each. */
export function processMemoryProblems(root: string, documents: MarkdownDocument[]): string[] {
  const guide = documents.find((document) => document.path === GUIDE);
  // Whoever has taken the guides out has nothing to keep up to date.
  if (!guide) return [];
  const rows = guide.rows.flatMap(({ cells: [what = "", where = ""], line }) => {
    const [file = ""] = NAMES.test(what) ? codeIn(where) : [];
    return file.startsWith("lib/") ? codeIn(what).map((name) => ({ name, file, line })) : [];
  });
  const kept = keptIn(root);
  const isSame = (a: { name: string; file: string }) => (b: typeof a) => a.name === b.name && a.file === b.file;
  return [
    ...kept
      .filter((each) => !rows.some(isSame(each)))
      .map(
        ({ name, file }) =>
          `${GUIDE}: "${HEADING}" does not name \`${name}\` of ${file}; say why no other process needs it.`,
      ),
    ...rows
      .filter((row) => !kept.some(isSame(row)))
      .map(
        ({ name, file, line }) => `${at({ document: GUIDE, line })}: ${file} keeps no ${name} any more; mend the row.`,
      ),
  ];
}
