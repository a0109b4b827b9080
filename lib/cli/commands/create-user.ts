import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin } from "@/lib/cli/new-password";
import { config } from "@/lib/config/env";
import { createUser } from "@/lib/users/service";

type Options = { asSuperuser?: boolean; passwordStdin?: boolean };

const createUserCommand: CliCommand = (program, tools) => {
  const command = program
    .command("create-user")
    .description("Add a user.")
    .option("--as-superuser", "may do everything")
    .option("--no-mail", "send no mail to the new user")
    .option("--password-stdin", "read the password from standard input");
  for (const name of config().CLI_USER_ARGS) command.argument(`<${name}>`);
  command.action(async (loginId: string) => {
    const options = command.opts<Options>();
    const password = options.passwordStdin ? await passwordFromStdin(tools) : "";
    await createUser(await tools.context(), {
      loginId,
      isEnabled: true,
      isSuperuser: options.asSuperuser ?? false,
      disabledAt: "",
      groupIds: [],
      bundleIds: [],
      permissionIds: [],
      password,
      confirm: password,
    });
    tools.print(tools.texts.cli("created"));
    if (password === "") tools.print(tools.texts.cli("nextPassword", { loginId }));
  });
};

export default createUserCommand;
