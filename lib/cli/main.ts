import { readdirSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import type { CliCommand } from "./command";
import { run } from "./run";

const COMMANDS = path.join(import.meta.dirname, "commands");

/** `npm run auth -- <command>`: every file in commands/ is a command. */
await run(async (tools) => {
  const program = new Command("npm run auth --").description(tools.texts.cli("help.program"));
  // Before the commands are added, which take it over.
  program.exitOverride((error) => {
    // Help and version are no failures; what was typed wrong is told apart from what went wrong.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    throw error;
  });
  for (const file of readdirSync(COMMANDS).sort()) {
    const module = (await import(path.join(COMMANDS, file))) as { default: CliCommand };
    module.default(program, tools);
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
});
