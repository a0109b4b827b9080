import { answerOf, type JsonOption } from "@/lib/cli/answer";
import type { CliCommand } from "@/lib/cli/command";
import { contentsOf } from "@/lib/cli/files";
import { errorText } from "@/lib/cli/report";
import { logLine } from "@/lib/log-line";
import { importUsers, type Refusal } from "@/lib/users/import/import-users";

type Options = { dryRun?: boolean; allowPrivileges?: boolean } & JsonOption;

const importUsersCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;

  const sentencesOf = ({ problems }: Refusal) =>
    Object.entries(problems).map(([column, problem]) => ({
      ...{ column, key: problem.key, message: errorText(problem, tools.texts) },
    }));

  const asLine = (refusal: Refusal) => {
    const what = sentencesOf(refusal).map(({ column, message }) => `${column}: ${message}`);
    // What a file says ends up on one line, and cannot command the terminal.
    const text = logLine([refusal.loginId, ...what].filter(Boolean).join(": ")).replace(/\p{Cc}/gu, "\ufffd");
    return cli("refusedLine", { line: String(refusal.line), text });
  };

  program
    .command("import-users")
    .description(cli("help.importUsers"))
    .argument("<file>")
    .option("--dry-run", cli("help.dryRun"))
    .option("--allow-privileges", cli("help.allowPrivileges"))
    .option("--json", cli("help.jsonAnswer"))
    .action(async (file: string, { dryRun = false, allowPrivileges = false, json = false }: Options) => {
      const answer = answerOf(tools, { json });
      const summary = await importUsers(await tools.context(), contentsOf(tools, file), {
        dryRun,
        allowPrivileges,
        onRefused(refusal) {
          const { line, loginId } = refusal;
          if (json) answer.give({ line, loginId, problems: sentencesOf(refusal) });
          else process.stderr.write(`${asLine(refusal)}\n`);
        },
      });
      answer.say(cli(dryRun ? "importTried" : "imported", summary));
      answer.give({ ...summary, dryRun });
      if (summary.refused > 0) process.exitCode = 1;
    });
};

export default importUsersCommand;
