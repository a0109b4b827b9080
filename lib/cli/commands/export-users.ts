import { answerOf, type JsonOption } from "@/lib/cli/answer";
import type { CliCommand } from "@/lib/cli/command";
import { writePrivately } from "@/lib/cli/files";
import { exportUsers } from "@/lib/users/export/export-users";

type Options = { withPasswordHashes?: boolean } & JsonOption;

const exportUsersCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  program
    .command("export-users")
    .description(cli("help.exportUsers"))
    .argument("<file>")
    .option("--with-password-hashes", cli("help.withPasswordHashes"))
    .option("--json", cli("help.jsonAnswer"))
    .action(async (file: string, { withPasswordHashes = false, json = false }: Options) => {
      let users = 0;
      const chunks = exportUsers(await tools.context(), {
        withPasswordHashes,
        onBatch: (batch) => {
          users += batch;
        },
      });
      await writePrivately(tools, file, chunks);
      // Standard output is the file itself then.
      if (file === "-") return;
      const answer = answerOf(tools, { json });
      answer.say(cli("exported", { users, file }));
      answer.give({ file, users });
    });
};

export default exportUsersCommand;
