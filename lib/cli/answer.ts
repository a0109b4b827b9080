import type { CliTools } from "./command";

export type JsonOption = { json?: boolean };

/**
 * How a command answers on standard output: people by sentences as it goes on, scripts with `--json` by objects, one a line.
 * Failures are sentences on standard error either way.
 */
export const answerOf = ({ print }: Pick<CliTools, "print">, { json = false }: JsonOption) => ({
  /** For people. */
  say(line: string): void {
    if (!json) print(line);
  },
  /** For scripts. */
  give(result: Record<string, unknown>): void {
    if (json) print(JSON.stringify(result));
  },
});
