import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin, promptForPassword } from "@/lib/cli/new-password";
import { NotFound } from "@/lib/errors";
import { findUserByLoginId, setPassword } from "@/lib/users/service";

const setPasswordCommand: CliCommand = (program, tools) => {
  program
    .command("set-password")
    .description(tools.texts.cli("help.setPassword"))
    .argument("<loginId>")
    .option("--password-stdin", tools.texts.cli("help.passwordStdin"))
    .action(async (loginId: string, options: { passwordStdin?: boolean }) => {
      const ctx = await tools.context();
      // Before anybody types a password twice for nothing.
      if (!(await findUserByLoginId(ctx, loginId))) throw new NotFound("userNotFound");
      const password = options.passwordStdin ? await passwordFromStdin(tools) : await promptForPassword(tools);
      await setPassword(ctx, loginId, password);
      tools.print(tools.texts.cli("passwordSet"));
    });
};

export default setPasswordCommand;
