import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin } from "@/lib/cli/new-password";
import { config } from "@/lib/config/env";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

type Options = { asSuperuser?: boolean; passwordStdin?: boolean };

const createUserCommand: CliCommand = (program, tools) => {
  const command = program
    .command("create-user")
    .description(tools.texts.cli("help.createUser"))
    .option("--as-superuser", tools.texts.cli("help.asSuperuser"))
    .option("--no-mail", tools.texts.cli("help.noMail"))
    .option("--password-stdin", tools.texts.cli("help.passwordStdin"));
  const names = config().CLI_USER_ARGS;
  for (const name of names) command.argument(`<${name}>`);
  command.action(async () => {
    const loginId = command.args[names.indexOf("loginId")] ?? "";
    const options = command.opts<Options>();
    const password = options.passwordStdin ? await passwordFromStdin(tools) : "";
    const isSuperuser = options.asSuperuser ?? false;
    await createUser(await tools.context(), { ...newUser, loginId, isSuperuser, password, confirm: password });
    tools.print(tools.texts.cli("created"));
    if (password === "") tools.print(tools.texts.cli("nextPassword", { loginId }));
  });
};

export default createUserCommand;
