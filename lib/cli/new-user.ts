import { type Context, inTransaction } from "@/lib/context";
import { type FieldProblems, Invalid } from "@/lib/errors";
import type { UserInput } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

/** A user whom `create-user` has just added, and what else was typed, by the names in CLI_USER_ARGS. */
export type NewUser = { id: string; loginId: string; args: Record<string, string> };

/** Does something with the further arguments, in the transaction that adds the user; when it fails, nobody is added. */
export type NewUserHook = (ctx: Context, user: NewUser) => Promise<void>;

/** @throws Invalid naming each argument: nobody shall believe that something became of it */
export const refuseFurtherArguments: NewUserHook = async (_ctx, { args }) => {
  const problems: FieldProblems = {};
  for (const name of Object.keys(args)) problems[name] = { key: "argumentUnhandled" };
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
};

/**
 * Adds a user and hands the further arguments on, both or neither.
 * @returns the new id
 * @throws as `createUser`, and what the hook throws
 */
export const createUserWith = (
  ctx: Context,
  input: UserInput,
  args: Record<string, string>,
  hook: NewUserHook,
): Promise<string> =>
  inTransaction(ctx, async (tx) => {
    const id = await createUser(tx, input);
    await hook(tx, { id, loginId: input.loginId, args });
    return id;
  });
