import type { CliCommand } from "@/lib/cli/command";
import { syncPermissions } from "@/lib/permissions/sync";

const syncPermissionsCommand: CliCommand = (program, tools) => {
  program
    .command("sync-permissions")
    .description(tools.texts.cli("help.syncPermissions"))
    .option("--dry-run", tools.texts.cli("help.dryRun"))
    .action(async (options: { dryRun?: boolean }) => {
      const { cli } = tools.texts;
      const { db } = await tools.context();
      const { added, updated, removed } = await syncPermissions(db, { dryRun: options.dryRun ?? false });
      for (const token of added) tools.print(cli("syncAdded", { token }));
      for (const token of updated) tools.print(cli("syncUpdated", { token }));
      for (const { token, grants } of removed) tools.print(cli("syncRemoved", { token, grants }));
      if (added.length + updated.length + removed.length === 0) tools.print(cli("syncUnchanged"));
    });
};

export default syncPermissionsCommand;
