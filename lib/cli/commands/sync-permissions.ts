import { answerOf, type JsonOption } from "@/lib/cli/answer";
import type { CliCommand } from "@/lib/cli/command";
import { syncPermissions } from "@/lib/permissions/sync";

const syncPermissionsCommand: CliCommand = (program, tools) => {
  program
    .command("sync-permissions")
    .description(tools.texts.cli("help.syncPermissions"))
    .option("--dry-run", tools.texts.cli("help.dryRun"))
    .option("--json", tools.texts.cli("help.jsonAnswer"))
    .action(async ({ dryRun = false, json = false }: { dryRun?: boolean } & JsonOption) => {
      const { cli } = tools.texts;
      const answer = answerOf(tools, { json });
      const { db } = await tools.context();
      const { added, updated, removed } = await syncPermissions(db, { dryRun });
      for (const token of added) answer.say(cli("syncAdded", { token }));
      for (const token of updated) answer.say(cli("syncUpdated", { token }));
      for (const { token, grants } of removed) answer.say(cli("syncRemoved", { token, grants }));
      if (added.length + updated.length + removed.length === 0) answer.say(cli("syncUnchanged"));
      answer.give({ added, updated, removed, dryRun });
    });
};

export default syncPermissionsCommand;
