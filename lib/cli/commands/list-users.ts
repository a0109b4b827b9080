import type { CliCommand } from "@/lib/cli/command";
import { everyUser, type UserRow } from "@/lib/users/list";

const COLUMN_WIDTHS = [40, 8, 9, 10, 20];

const listUsersCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => cell.padEnd(COLUMN_WIDTHS[index] ?? 0))
      .join(" ")
      .trimEnd();
  const yesNo = (value: boolean) => (value ? cli("yes") : cli("no"));
  const asRow = (user: UserRow) =>
    line([
      user.loginId,
      yesNo(user.isEnabled),
      yesNo(user.isVerified),
      yesNo(user.isSuperuser),
      user.lastLoginAt?.toISOString().slice(0, 19).replace("T", " ") ?? cli("never"),
    ]);

  program
    .command("list-users")
    .description(tools.texts.cli("help.listUsers"))
    .option("--json", tools.texts.cli("help.json"))
    .action(async (options: { json?: boolean }) => {
      const ctx = await tools.context();
      let count = 0;
      for await (const user of everyUser(ctx)) {
        if (options.json) tools.print(JSON.stringify(user));
        else {
          if (count === 0) {
            const heads = ["loginId", "enabled", "verified", "superuser", "lastLogin"] as const;
            tools.print(line(heads.map((head) => cli(`columns.${head}`))));
          }
          tools.print(asRow(user));
        }
        count += 1;
      }
      if (count === 0 && !options.json) tools.print(cli("noUsers"));
    });
};

export default listUsersCommand;
