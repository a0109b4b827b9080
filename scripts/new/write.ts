import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plan } from "./plan";

/** Removes the folders above a file that nothing is left in. */
function removeEmptyFolders(root: string, file: string): void {
  for (let folder = path.dirname(file); folder !== "."; folder = path.dirname(folder)) {
    try {
      rmdirSync(path.join(root, folder));
    } catch {
      return;
    }
  }
}

type Undo = { file: string; back: () => void };

function change(root: string, file: string, text: string, undo: Undo[]): void {
  const target = path.join(root, file);
  const before = readFileSync(target, "utf8");
  undo.push({ file, back: () => writeFileSync(target, before) });
  writeFileSync(target, text);
}

function create(root: string, file: string, text: string, undo: Undo[]): void {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  // Fails on a file that has appeared in the meantime; only what was made here is ever removed.
  const handle = openSync(target, "wx");
  undo.push({ file, back: () => rmSync(target) });
  try {
    writeFileSync(handle, text);
  } finally {
    closeSync(handle);
  }
}

/** @returns the files that could not be put back */
function takeBack(undo: Undo[]): string[] {
  return undo.reverse().flatMap(({ file, back }) => {
    try {
      back();
      return [];
    } catch {
      return [file];
    }
  });
}

/**
 * Writes all of a plan or nothing: after a failure everything is as it was.
 * @throws Error with the reason, and with the files that could not be put back if there are any
 */
export function writePlan(root: string, { created, changed }: Plan): void {
  const undo: Undo[] = [];
  try {
    for (const [file, text] of Object.entries(changed)) change(root, file, text, undo);
    for (const [file, text] of Object.entries(created)) create(root, file, text, undo);
  } catch (error) {
    const left = takeBack(undo);
    for (const file of Object.keys(created)) removeEmptyFolders(root, file);
    const reason = error instanceof Error ? error.message : String(error);
    const state = left.length > 0 ? `These files are not as they were: ${left.join(", ")}` : "Everything is as it was.";
    throw new Error(`Writing failed: ${reason}\n${state}`, { cause: error });
  }
}
