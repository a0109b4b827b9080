import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What the check needs of a Markdown document: its samples, and what its text links to and names. */

/** A fenced block of code. */
export type Block = {
  document: string;
  /** Line of the document on which the code begins. */
  line: number;
  /** The first word behind the fence; empty if there is none. */
  language: string;
  code: string;
  /** What a comment `<!-- sample: … -->` right above says of it. */
  marker?: string;
};

/** A piece of the text, and the line on which it stands. */
export type Piece = { text: string; line: number };

export type MarkdownDocument = {
  path: string;
  blocks: Block[];
  /** Targets of links and images. */
  links: Piece[];
  /** The anchors of the headings, as GitHub makes them. */
  anchors: string[];
  /** What stands between single backticks. */
  spans: Piece[];
  /** The rows of all tables without heads, by their cells. */
  rows: { cells: string[]; line: number }[];
};

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/;
const MARKER = /^\s*<!--\s*sample:\s*(.*?)\s*-->\s*$/;
const SPAN = /`([^`]+)`/g;
const LINK = /\]\(((?:[^()\s]|\([^()\s]*\))+)(?:\s+"[^"]*")?\)/g;
const ATTRIBUTE = /\b(?:href|src)="([^"]+)"/g;

const found = (pattern: RegExp, { text, line }: Piece): Piece[] =>
  [...text.matchAll(pattern)].map(([, inner = ""]) => ({ text: inner, line }));

function anchorsOf(headings: string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const words = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Splits a document into its blocks and the lines around them. */
function split(file: string, lines: string[]): { blocks: Block[]; prose: Piece[] } {
  const blocks: Block[] = [];
  const prose: Piece[] = [];
  let marker: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const text = lines[at] ?? "";
    const [, indent = "", fence, language = ""] = FENCE.exec(text) ?? [];
    if (fence === undefined) {
      if (text.trim() !== "") marker = MARKER.exec(text)?.[1];
      prose.push({ text, line: at + 1 });
      continue;
    }
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    const code = lines.slice(at + 1, end === -1 ? undefined : end);
    const isIndented = (line: string) => line.startsWith(indent);
    blocks.push({
      document: file,
      line: at + 2,
      language,
      code: code.map((line) => (isIndented(line) ? line.slice(indent.length) : line)).join("\n"),
      ...(marker !== undefined && { marker }),
    });
    marker = undefined;
    at = end === -1 ? lines.length : end;
  }
  return { blocks, prose };
}

const isRule = (text: string) => /^\|[\s:|-]+\|\s*$/.test(text);

const cellsOf = (row: string): string[] =>
  row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** @returns the document with this text, read as GitHub shows it */
export function parseDocument(file: string, text: string): MarkdownDocument {
  const { blocks, prose } = split(file, text.split("\n"));
  const rules = new Set(prose.filter((piece) => isRule(piece.text)).map(({ line }) => line));
  const isHead = ({ line }: Piece) => rules.has(line + 1);
  const withoutSpans = prose.map(({ text, line }) => ({ text: text.replace(SPAN, ""), line }));
  return {
    path: file,
    blocks,
    links: withoutSpans.flatMap((piece) => [...found(LINK, piece), ...found(ATTRIBUTE, piece)]),
    anchors: anchorsOf(prose.flatMap((piece) => found(/^#{1,6}\s+(.*)$/g, piece).map(({ text }) => text))),
    spans: prose.flatMap((piece) => found(SPAN, piece)),
    rows: prose
      .filter((piece) => /^\|.*\|\s*$/.test(piece.text) && !isRule(piece.text) && !isHead(piece))
      .map(({ text, line }) => ({ cells: cellsOf(text), line })),
  };
}

/** The documents of the project in `root`: README, CHANGELOG and all below docs/, those that exist. */
export function readDocuments(root: string): MarkdownDocument[] {
  const isFolder = statSync(path.join(root, "docs"), { throwIfNoEntry: false })?.isDirectory();
  const guides = isFolder ? readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" }) : [];
  return ["README.md", "CHANGELOG.md", ...guides.map((name) => `docs/${name.replaceAll(path.sep, "/")}`).sort()]
    .filter((file) => file.endsWith(".md"))
    .filter((file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile())
    .map((file) => parseDocument(file, readFileSync(path.join(root, file), "utf8")));
}
