import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { EntityOptions } from "@/scripts/new/entity";
import { filesOf } from "@/scripts/new/files";
import { labelsOf } from "@/scripts/new/labels";
import { namesOf } from "@/scripts/new/names";
import { planOf } from "@/scripts/new/plan";
import { Refusal } from "@/scripts/new/refusal";
import { writePlan } from "@/scripts/new/write";
import type { Block } from "./document";
import { addFragment, Misplaced } from "./fragment";
import { codeOf, type Line, plainLines, sampleLines } from "./lines";
import { addMembers } from "./members";
import { isPlaced, placementOf } from "./placement";
import { writeRouteTypes } from "./route-types";

/**
 * A copy of the project as it is after somebody has followed the documents: with the entities that they have made, the
 * files that they write, and the lines that they add to files. All documents share it, so they must not contradict.
 */

const FOLDER = ".docs-samples-";
const NOT_COPIED = /^\..*|^(node_modules|docs|test-results|playwright-report|coverage|package-lock\.json)$/;
/** Types of the messages as they were before samples added to them. */
const GENERATED = /\.d\.json\.ts$/;

export type World = {
  /** Where the copy is; inside the project, so that packages are found. */
  root: string;
  /** Every file that the documents write or change, with its lines. */
  files: Map<string, Line[]>;
  problems: string[];
};

export const at = ({ document, line }: { document: string; line: number }) => `${document}:${line}`;

/** An entity that a document makes by `npm run new -- entity …`. */
export type NewEntity = { name: string; options: EntityOptions; where: string };

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

type Writer = World & {
  /** By file: the block that has begun it, as a whole. */
  begun: Map<string, Block>;
  /** By file and place and name: the fragment that has brought it. */
  added: Map<string, Block>;
};

function linesOf({ root, files }: World, file: string): Line[] | undefined {
  const known = files.get(file);
  if (known) return known;
  const there = path.join(root, file);
  return existsSync(there) ? plainLines(readFileSync(there, "utf8")) : undefined;
}

function addModule({ begun, files, problems }: Writer, block: Block, file: string): void {
  const before = begun.get(file);
  if (before?.code === block.code) return;
  if (before) {
    problems.push(
      `${at(block)}: ${at(before)} shows another ${file}; give this one another path, show the same, or go on with it by "// ${file}, continued".`,
    );
    return;
  }
  begun.set(file, block);
  files.set(file, sampleLines(block));
}

function continueModule({ begun, files, problems }: Writer, block: Block, file: string): void {
  const first = begun.get(file);
  const before = files.get(file);
  if (first?.document === block.document && before) files.set(file, [...before, ...sampleLines(block)]);
  else problems.push(`${at(block)}: no block above begins ${file}, so that none can be continued.`);
}

function addPart(writer: Writer, block: Block, file: string, place: string | undefined): void {
  const { added, files, problems } = writer;
  const key = (name: string) => [file, place, name].join("\0");
  const same = added.get(key(block.code));
  if (same) return;
  const before = linesOf(writer, file);
  if (!before) {
    problems.push(`${at(block)}: there is no file ${file} to add the sample to.`);
    return;
  }
  try {
    const { lines, names } = file.endsWith(".json")
      ? addMembers(file, before, place, block.code)
      : addFragment(file, before, place, sampleLines(block));
    const clash = names.map((name) => [name, added.get(key(name))] as const).find(([, other]) => other);
    if (clash?.[1]) {
      problems.push(
        `${at(block)}: ${at(clash[1])} adds another "${clash[0]}" to ${file}; show the same or choose another name.`,
      );
      return;
    }
    for (const name of [block.code, ...names]) added.set(key(name), block);
    files.set(file, lines);
  } catch (error) {
    if (!(error instanceof Misplaced || error instanceof SyntaxError)) throw error;
    problems.push(`${at(block)}: ${message(error)}.`);
  }
}

function writeFiles(root: string, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

function addEntities({ root, problems }: World, entities: NewEntity[]): void {
  const made = new Set<string>();
  for (const { name, options, where } of entities) {
    if (made.has(name)) continue;
    made.add(name);
    try {
      const names = namesOf(name, options.singular);
      const labels = labelsOf(names, options);
      // Whoever has followed the guide has it already; samples go on from what was written then.
      if (existsSync(path.join(root, `lib/${names.plural.kebab}/entity.ts`))) writeFiles(root, filesOf(names, labels));
      else writePlan(root, planOf(root, names, labels));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push(`${where}: npm run new refuses: ${error.message}`);
    }
  }
}

/** Wholes come first, so that a fragment finds the file in whatever order the documents speak of them. */
const ORDER = ["module", "continued", "fragment"] as const;

function place(writer: Writer, blocks: Block[]): void {
  const placed = blocks.filter(isPlaced).map((block) => ({ block, placement: placementOf(block) }));
  for (const { block, placement } of placed) {
    if (typeof placement === "string") writer.problems.push(`${at(block)}: ${placement}`);
  }
  for (const kind of ORDER) {
    for (const { block, placement } of placed) {
      if (typeof placement === "string" || placement.kind !== kind) continue;
      if (placement.kind === "module") addModule(writer, block, placement.file);
      else if (placement.kind === "continued") continueModule(writer, block, placement.file);
      else addPart(writer, block, placement.file, placement.place);
    }
  }
}

/** Builds the copy below `root`. Whoever asks for it removes it by `removeWorld`. */
export function buildWorld(root: string, blocks: Block[], entities: NewEntity[] = []): World {
  const copy = mkdtempSync(path.join(root, FOLDER));
  for (const name of readdirSync(root)) {
    if (NOT_COPIED.test(name)) continue;
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true, filter: (file) => !GENERATED.test(file) });
  }
  const writer: Writer = { root: copy, files: new Map(), problems: [], begun: new Map(), added: new Map() };
  addEntities(writer, entities);
  place(writer, blocks);
  writeFiles(copy, Object.fromEntries([...writer.files].map(([file, lines]) => [file, codeOf(lines)])));
  writeRouteTypes(copy);
  return { root: copy, files: writer.files, problems: writer.problems };
}

export const removeWorld = ({ root }: World): void => rmSync(root, { recursive: true, force: true });
