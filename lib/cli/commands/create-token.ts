import { InvalidArgumentError } from "commander";
import { tokenSchema } from "@/lib/access-tokens/schema";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { answerOf, type JsonOption } from "@/lib/cli/answer";
import type { CliCommand } from "@/lib/cli/command";
import { parseInput } from "@/lib/crud/form-state";
import { NotFound } from "@/lib/errors";
import { findUserByLoginId } from "@/lib/users/service";

type Options = { name?: string; days?: number } & JsonOption;

const MOST_DAYS = 3650;

const createTokenCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  const days = (typed: string) => {
    if (!/^\d{1,4}$/.test(typed) || Number(typed) < 1 || Number(typed) > MOST_DAYS) {
      throw new InvalidArgumentError(cli("notTokenDays", { most: MOST_DAYS }));
    }
    return Number(typed);
  };
  program
    .command("create-token")
    .description(cli("help.createToken"))
    .argument("<loginId>")
    .option("--name <name>", cli("help.tokenName"))
    .option("--days <days>", cli("help.tokenDays"), days)
    .option("--json", cli("help.jsonAnswer"))
    .action(async (loginId: string, { name, days, ...options }: Options) => {
      if (name !== undefined) parseInput(tokenSchema, { name, days: "" });
      const ctx = await tools.context();
      const user = await findUserByLoginId(ctx, loginId);
      if (!user) throw new NotFound("userNotFound");
      const minutes = days === undefined ? undefined : days * 24 * 60;
      const made = await createAccessToken(ctx, user, { name, minutes });
      const { say, give } = answerOf(tools, options);
      // Alone on its line, so that a script takes it as it is.
      say(made.accessToken);
      give(made);
    });
};

export default createTokenCommand;
