import { existsSync } from "node:fs";
import path from "node:path";
import { run } from "@/scripts/processes";

/** The development tools that finish what was written: Biome sorts and breaks lines, drizzle-kit writes the migration. */

/** Where a package's command is, here or further up, as for a project within another; undefined if it is not installed. */
function findCommand(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const file = path.join(folder, "node_modules", ".bin", name);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** What became of it: "done", or a sentence that says what is left to do. */
type Result = "done" | { toDo: string; hasFailed: boolean };

async function finish(root: string, name: string, args: string[], byHand: string): Promise<Result> {
  const command = findCommand(root, name);
  if (!command) return { toDo: `${name} is not installed (npm ci installs it). Then: ${byHand}`, hasFailed: false };
  const { code, output } = await run(command, args, { isQuiet: true });
  if (code === 0) return "done";
  return { toDo: `${output.trim()}\n${name} failed; see above. Then: ${byHand}`, hasFailed: true };
}

/** Formats files and sorts their imports. */
export const format = (root: string, files: string[]): Promise<Result> =>
  finish(root, "biome", ["check", "--write", "--colors=off", ...files], "npm run format");

/** Writes the SQL that brings a database to the schema. */
export const writeMigration = (root: string, name: string): Promise<Result> =>
  finish(root, "drizzle-kit", ["generate", "--name", name], `npm run migration -- --name ${name}`);
