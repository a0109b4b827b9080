import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin } from "@/lib/cli/new-password";
import { sendVerificationMail } from "@/lib/cli/verification-mail";
import { config } from "@/lib/config/env";
import { verificationLink } from "@/lib/users/password-links";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

type Options = { asSuperuser?: boolean; mail: boolean; passwordStdin?: boolean };

const createUserCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  const command = program
    .command("create-user")
    .description(cli("help.createUser"))
    .option("--as-superuser", cli("help.asSuperuser"))
    .option("--no-mail", cli("help.noMail"))
    .option("--password-stdin", cli("help.passwordStdin"));
  const names = config().CLI_USER_ARGS;
  for (const name of names) command.argument(`<${name}>`);
  command.action(async () => {
    const loginId = command.args[names.indexOf("loginId")] ?? "";
    const options = command.opts<Options>();
    const password = options.passwordStdin ? await passwordFromStdin(tools, loginId) : "";
    const isSuperuser = options.asSuperuser ?? false;
    const ctx = await tools.context();
    const id = await createUser(ctx, { ...newUser, loginId, isSuperuser, password, confirm: password });
    tools.print(cli("created"));
    if (config().mailEnabled && options.mail) {
      const outcome = await sendVerificationMail(ctx, id);
      if (outcome === "sent") tools.print(cli("mailSent"));
      if (outcome === "waiting") tools.print(cli("mailWaiting"));
    }
    const { url } = await verificationLink(ctx, id);
    tools.print(cli("verificationUrl", { url }));
  });
};

export default createUserCommand;
