import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { answerOf, type JsonOption } from "@/lib/cli/answer";
import type { CliCommand } from "@/lib/cli/command";
import { passwordFromStdin } from "@/lib/cli/new-password";
import { createUserWith } from "@/lib/cli/new-user";
import { newUserHook } from "@/lib/cli/new-user-hook";
import { sendVerificationMail } from "@/lib/cli/verification-mail";
import { config } from "@/lib/config/env";
import { verificationLink } from "@/lib/users/password-links";
import { newUser } from "@/lib/users/schema";

type Options = { asSuperuser?: boolean; mail: boolean; passwordStdin?: boolean } & JsonOption;

const createUserCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  const command = program
    .command("create-user")
    .description(cli("help.createUser"))
    .option("--as-superuser", cli("help.asSuperuser"))
    .option("--no-mail", cli("help.noMail"))
    .option("--password-stdin", cli("help.passwordStdin"))
    .option("--json", cli("help.jsonAnswer"));
  const names = config().CLI_USER_ARGS;
  for (const name of names) command.argument(`<${name}>`);
  command.action(async () => {
    const { loginId = "", ...args } = Object.fromEntries(names.map((name, index) => [name, command.args[index] ?? ""]));
    const options = command.opts<Options>();
    const answer = answerOf(tools, options);
    const password = options.passwordStdin ? await passwordFromStdin(tools, loginId) : "";
    const isSuperuser = options.asSuperuser ?? false;
    const ctx = await tools.context();
    const input = { ...newUser, loginId, isSuperuser, password, confirm: password };
    const id = await createUserWith(ctx, input, args, newUserHook);
    answer.say(cli("created"));
    const mail = config().mailEnabled && options.mail ? await sendVerificationMail(ctx, id) : "none";
    if (mail === "sent") answer.say(cli("mailSent"));
    if (mail === "waiting") answer.say(cli("mailWaiting"));
    const { url } = hasPasswordHere(canonicalLoginId(loginId)) ? await verificationLink(ctx, id) : { url: null };
    answer.say(url ? cli("verificationUrl", { url }) : cli("noVerificationUrl"));
    answer.give({ id, loginId, mail, verificationUrl: url });
  });
};

export default createUserCommand;
