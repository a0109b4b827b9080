import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin, promptForPassword } from "@/lib/cli/new-password";
import { NotFound } from "@/lib/errors";
import { findUserByLoginId, setPassword } from "@/lib/users/service";

const setPasswordCommand: CliCommand = (program, tools) => {
  program
    .command("set-password")
    .description("Set a user's password, verify the account, and end its other sessions.")
    .argument("<loginId>")
    .option("--password-stdin", "read the password from standard input")
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
