import { type Command, CommanderError } from "commander";

/** Programs that read what is typed for them, and neither print nor end the process. */

export function quiet(program: Command): Command {
  program.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  program.commands.forEach(quiet);
  return program;
}

function disarmed(program: Command): Command {
  if (program.commands.length === 0) program.action(() => {});
  program.commands.forEach(disarmed);
  return program;
}

/** @returns what `program` has against these words, without doing what they say; undefined if nothing */
export async function programProblem(program: Command, words: string[]): Promise<string | undefined> {
  try {
    await disarmed(quiet(program)).parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.message.replace(/^error: |\.$/g, "").replace(/\s*\n\s*/g, " ");
  }
}
