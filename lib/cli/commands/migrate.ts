import type { CliCommand } from "@/lib/cli/command";
import { config } from "@/lib/config/env";
import { migrateDatabase } from "@/lib/db/migrate";
import { syncPermissions } from "@/lib/permissions/sync";

const migrateCommand: CliCommand = (program, tools) => {
  program
    .command("migrate")
    .description(tools.texts.cli("help.migrate"))
    .action(async () => {
      await tools.context();
      const { DATABASE_URL } = config();
      if (DATABASE_URL) {
        await migrateDatabase(DATABASE_URL, (db, afterCommit) => syncPermissions(db, { afterCommit }));
      }
      tools.print(tools.texts.cli("migrated"));
    });
};

export default migrateCommand;
