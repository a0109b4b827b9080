import { readdirSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import type { CliCommand, CliTools } from "./command";

const COMMANDS = path.join(import.meta.dirname, "commands");

/** That of this file: `.ts`, or `.js` in the bundle of a build. */
const EXTENSION = path.extname(import.meta.filename);

const NAMES = readdirSync(COMMANDS).map((file) => path.basename(file, EXTENSION));

/**
 * The program behind `npm run auth -- <command>`: every file in commands/ is the command of its name. It is not run yet.
 * @param asked the command that will be run: the others are left out, which takes half the time
 */
export async function authProgram(tools: CliTools, asked?: string): Promise<Command> {
  const program = new Command("npm run auth --").description(tools.texts.cli("help.program"));
  // Before the commands are added, which take it over.
  program.exitOverride((error) => {
    // Help and version are no failures; what was typed wrong is told apart from what went wrong.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    throw error;
  });
  const wanted = asked !== undefined && NAMES.includes(asked) ? [asked] : NAMES.sort();
  for (const name of wanted) {
    const module = (await import(path.join(COMMANDS, `${name}${EXTENSION}`))) as { default: CliCommand };
    module.default(program, tools);
  }
  return program;
}
