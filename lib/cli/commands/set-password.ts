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
      const user = await findUserByLoginId(ctx, loginId);
      if (!user) throw new NotFound("userNotFound");
      const ask = options.passwordStdin ? passwordFromStdin : promptForPassword;
      await setPassword(ctx, loginId, await ask(tools, user.loginId));
      tools.print(tools.texts.cli("passwordSet"));
    });
};

export default setPasswordCommand;
