import { CommanderError } from "commander";
import { authProgram } from "./program";
import { run } from "./run";

/** `npm run auth -- <command>`. */
await run(async (tools) => {
  const program = await authProgram(tools, process.argv[2]);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
});
