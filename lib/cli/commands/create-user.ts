import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin } from "@/lib/cli/new-password";
import { config } from "@/lib/config/env";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

type Options = { asSuperuser?: boolean; passwordStdin?: boolean };

const createUserCommand: CliCommand = (program, tools) => {
  const command = program
    .command("create-user")
    .description("Add a user.")
    .option("--as-superuser", "may do everything")
    .option("--no-mail", "send no mail to the new user")
    .option("--password-stdin", "read the password from standard input");
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
