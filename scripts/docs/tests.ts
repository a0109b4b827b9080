import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { binary, run } from "@/scripts/processes";
import type { Block, MarkdownDocument } from "./document";
import { newEntities } from "./new-entities";
import { isTest, namedFile } from "./placement";
import { buildWorld, removeWorld } from "./world";

/**
 * Samples that are whole files of tests, which their first comment line says by a path that ends with `.test.ts` or
 * `.spec.ts`: they are run as they stand in the documents.
 */

const blocksOf = (documents: MarkdownDocument[]): Block[] => documents.flatMap(({ blocks }) => blocks);

const filesOf = (documents: MarkdownDocument[], kind: RegExp): string[] => [
  ...new Set(
    blocksOf(documents)
      .filter(isTest)
      .map((block) => namedFile(block) ?? "")
      .filter((file) => kind.test(file)),
  ),
];

/** The Vitest files that the documents show. */
export const unitTestsOf = (documents: MarkdownDocument[]): string[] => filesOf(documents, /\.test\.tsx?$/);

/** A run inside a run of Vitest is not a part of it. */
const OWN = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith("VITEST"))
    .map((name) => [name, undefined]),
);

/**
 * Runs all Vitest files of the documents at once, in a copy of the project with all samples in it.
 * @param report where the JSON report is written
 */
export async function runUnitTests(
  root: string,
  documents: MarkdownDocument[],
  report: string,
): Promise<{ code: number; output: string }> {
  const world = buildWorld(root, blocksOf(documents), newEntities(documents));
  try {
    const files = unitTestsOf(documents).map((file) => path.join(world.root, file));
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    return await run(path.resolve(binary("vitest")), ["run", "--root", world.root, ...reporters, ...files], {
      env: OWN,
      isQuiet: true,
    });
  } finally {
    removeWorld(world);
  }
}

/**
 * Writes the Playwright files of the documents beside the project's own, under names that git ignores, so that they run
 * with those on the same servers.
 * @returns a function that removes them
 */
export function writeBrowserTests(root: string, documents: MarkdownDocument[]): () => void {
  const blocks = blocksOf(documents).filter((block) => isTest(block) && /\.spec\.tsx?$/.test(namedFile(block) ?? ""));
  const written = blocks.map((block) => {
    const { dir, base } = path.parse(namedFile(block) ?? "");
    const file = path.join(root, dir, `docs-sample-${base}`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, block.code);
    return file;
  });
  return () => {
    for (const file of written) rmSync(file, { force: true });
  };
}
