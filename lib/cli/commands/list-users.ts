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

  const printTable = async (users: AsyncIterable<UserRow>) => {
    const heads = ["loginId", "enabled", "verified", "superuser", "lastLogin"] as const;
    let isFirst = true;
    for await (const user of users) {
      if (isFirst) tools.print(line(heads.map((head) => cli(`columns.${head}`))));
      isFirst = false;
      tools.print(asRow(user));
    }
    if (isFirst) tools.print(cli("noUsers"));
  };

  /** One array, a user a line: for parsers as a whole and for line tools alike, without holding all users in memory. */
  const printJson = async (users: AsyncIterable<UserRow>) => {
    let before = "[";
    for await (const user of users) {
      tools.print(before + JSON.stringify(user));
      before = ",";
    }
    tools.print(before === "[" ? "[]" : "]");
  };

  program
    .command("list-users")
    .description(tools.texts.cli("help.listUsers"))
    .option("--json", tools.texts.cli("help.json"))
    .action(async (options: { json?: boolean }) => {
      const users = everyUser(await tools.context());
      await (options.json ? printJson(users) : printTable(users));
    });
};

export default listUsersCommand;
