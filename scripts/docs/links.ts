import { existsSync } from "node:fs";
import path from "node:path";
import type { MarkdownDocument } from "./document";

/** Whether links within the project lead somewhere, and every guide is found from README. */

const isElsewhere = (target: string) => /^[a-z][a-z0-9+.-]*:/i.test(target);

function targetOf(document: MarkdownDocument, target: string) {
  const [file = "", anchor] = target.split("#");
  const folder = path.posix.dirname(document.path);
  return { file: file === "" ? document.path : path.posix.join(folder, decodeURI(file)), anchor };
}

function problemOf(root: string, from: MarkdownDocument, target: string, documents: MarkdownDocument[]) {
  if (target.startsWith("/")) return `write the link ${target} relative to this document.`;
  const { file, anchor } = targetOf(from, target);
  if (!existsSync(path.join(root, file))) return `the link leads to ${file}, which is not there.`;
  const document = documents.find((known) => known.path === file);
  if (anchor === undefined || !document || document.anchors.includes(anchor)) return undefined;
  return `${file} has no heading for #${anchor}; there are ${document.anchors.map((known) => `#${known}`).join(", ")}.`;
}

/** What is wrong with the links of all documents, a sentence each. */
export function linkProblems(root: string, documents: MarkdownDocument[]): string[] {
  const broken = documents.flatMap((document) =>
    document.links
      .filter(({ text }) => !isElsewhere(text))
      .flatMap(({ text, line }) => {
        const problem = problemOf(root, document, text, documents);
        return problem === undefined ? [] : [`${document.path}:${line}: ${problem}`];
      }),
  );
  const readme = documents.find(({ path: file }) => file === "README.md");
  const linked = new Set(readme?.links.map(({ text }) => targetOf(readme, text).file));
  const unlinked = documents
    .filter(({ path: file }) => /^docs\/[^/]+$/.test(file) && !linked.has(file))
    .map(({ path: file }) => `README.md: no link leads to ${file}; add it to the list of guides.`);
  return [...broken, ...unlinked];
}
