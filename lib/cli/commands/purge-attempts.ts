import { type Command, InvalidArgumentError, Option } from "commander";
import { type PurgeFilter, purgeAttempts } from "@/lib/attempts/purge";
import type { AttemptType } from "@/lib/auth/attempts/limits";
import { answerOf, type JsonOption } from "@/lib/cli/answer";
import { type CliCommand, CliError, type CliTools } from "@/lib/cli/command";
import { ask } from "@/lib/cli/prompt";
import { ATTEMPT_TYPES } from "@/lib/db/schema/auth";

type Options = { username?: string; olderThan?: number; attemptType?: AttemptType; all?: boolean } & JsonOption;

/** Nobody deletes everything, and lifts every lock, by having forgotten an option. */
async function confirmAll({ texts: { cli } }: CliTools): Promise<void> {
  if (!process.stdin.isTTY) throw new CliError(cli("purgeNothing"));
  const answer = await ask(cli("purgeConfirm")).catch(() => {
    // Ctrl+C and Ctrl+D are a no.
    return "";
  });
  if (!cli("purgeYes").split(" ").includes(answer.trim().toLowerCase())) throw new CliError(cli("purgeNothing"));
}

const purgeAttemptsCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  const days = (typed: string) => {
    if (!/^\d{1,6}$/.test(typed)) throw new InvalidArgumentError(cli("notDays"));
    return Number(typed);
  };
  program
    .command("purge-attempts")
    .description(cli("help.purgeAttempts"))
    .option("--username <login>", cli("help.purgeUsername"))
    .option("--older-than <days>", cli("help.purgeOlderThan"), days)
    .addOption(new Option("--attempt-type <type>", cli("help.purgeType")).choices(ATTEMPT_TYPES))
    .option("--all", cli("help.purgeAll"))
    .option("--json", cli("help.jsonAnswer"))
    .action(async ({ username, olderThan, attemptType, all, json = false }: Options, command: Command) => {
      const filter: PurgeFilter = {
        ...(username !== undefined && { loginId: username }),
        ...(olderThan !== undefined && { olderThanDays: olderThan }),
        ...(attemptType && { type: attemptType }),
      };
      const isFiltered = Object.keys(filter).length > 0;
      if (all && isFiltered) command.error(cli("purgeAllOrSome"));
      if (!all && !isFiltered) await confirmAll(tools);
      const deleted = await purgeAttempts(await tools.context(), filter);
      const answer = answerOf(tools, { json });
      answer.say(cli("purged", { deleted: String(deleted) }));
      answer.give({ deleted });
    });
};

export default purgeAttemptsCommand;
