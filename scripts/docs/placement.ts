import type { Block } from "./document";

/** Where a sample of TypeScript belongs: what its first line and the marker above it say. */

export type Placement =
  /** A whole module: a file by its path, or one that nobody has to find. */
  | { kind: "module"; file: string }
  /** More of the module that an earlier block of the document began. */
  | { kind: "continued"; file: string }
  /** Lines for a file that is there already, at a place inside it or at its end. */
  | { kind: "fragment"; file: string; place: string | undefined };

const HEAD = /^\/\/ ([\w./[\]()@-]+\.(?:tsx?|[cm]?js|jsonc?|sql|css))(, continued)?(?::.*)?\s*$/;
const MARKER = /^(?:in ([\w$.-]+) of|at the end of) (\S+)$/;

/** The path in the first comment line of a block, if it says one. */
export const namedFile = ({ code }: Block): string | undefined => HEAD.exec(code.split("\n")[0] ?? "")?.[1];

/** Whether the block is a whole file of Vitest or Playwright tests. */
export const isTest = (block: Block): boolean =>
  block.marker === undefined && /\.(test|spec)\.tsx?$/.test(namedFile(block) ?? "");

/** Whether it becomes part of the project: code always, data where a marker says so. */
export const isPlaced = ({ language, marker }: Block): boolean =>
  /^tsx?$/.test(language) || (/^jsonc?$/.test(language) && marker !== undefined);

const nameOf = ({ document, line, language }: Block) =>
  `samples/${document.replace(/\.md$/, "").replaceAll("/", "-")}-${line}.${language}`;

/** @returns where the block belongs, or a sentence on what is wrong with its marker */
export function placementOf(block: Block): Placement | string {
  const [, named, continued] = HEAD.exec(block.code.split("\n")[0] ?? "") ?? [];
  if (block.marker === undefined) {
    if (named === undefined) return { kind: "module", file: nameOf(block) };
    return { kind: continued ? "continued" : "module", file: named };
  }
  const [, place, file] = MARKER.exec(block.marker) ?? [];
  if (file === undefined) {
    return `"sample: ${block.marker}" says nothing known; write "sample: in NAME of FILE" or "sample: at the end of FILE".`;
  }
  if (named !== undefined && named !== file) return `the marker says ${file} but the first line ${named}; change one.`;
  return { kind: "fragment", file, place };
}
