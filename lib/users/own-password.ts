import { and, eq } from "drizzle-orm";
import { limitAttempt } from "@/lib/auth/attempts/limiter";
import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { hashPassword, verifyPassword } from "@/lib/auth/password";
import { passwordProblems } from "@/lib/auth/password-policy";
import { selfOf } from "@/lib/auth/self";
import { type Context, inTransaction } from "@/lib/context";
import { saveIn } from "@/lib/crud/save";
import { users } from "@/lib/db/schema/users";
import { type FieldProblems, Invalid, type Problem } from "@/lib/errors";
import { userEntity } from "./entity";
import { lockSuperusers } from "./rules";

/** How people change the password of their own account. */

export type OwnPasswordInput = { currentPassword: string; password: string; confirm: string };

const WRONG: Problem = { key: "currentPasswordWrong" };

async function storedSecret(ctx: Context) {
  const [user] = await ctx.db
    .select({ loginId: users.loginId, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, selfOf(ctx).userId));
  return user;
}

/** Whether the actor has a password here; users of a directory or an identity provider have none. */
export async function hasOwnPassword(ctx: Context): Promise<boolean> {
  const { loginId = "", passwordHash } = (await storedSecret(ctx)) ?? {};
  return Boolean(passwordHash) && hasPasswordHere(canonicalLoginId(loginId));
}

/** Whoever finds a browser left open gets no more guesses than at the login page. */
const isCurrent = (ctx: Context, loginId: string, stored: string, currentPassword: string): Promise<boolean> =>
  limitAttempt(ctx, { type: "login", loginId, isSuccess: Boolean }, async () =>
    currentPassword === "" ? false : verifyPassword(stored, currentPassword),
  );

/** Everything that is wrong at once, so that nobody has to mend one field after the other. */
async function problemsOf(
  ctx: Context,
  input: OwnPasswordInput,
  loginId: string,
  stored: string,
): Promise<FieldProblems> {
  const { currentPassword, password, confirm } = input;
  const isRight = await isCurrent(ctx, loginId, stored, currentPassword);
  const [problem] = await passwordProblems(password, { loginId });
  return {
    ...(!isRight && { currentPassword: currentPassword === "" ? { key: "required" } : WRONG }),
    ...(problem && { password: problem }),
    ...(password !== confirm && { confirm: { key: "passwordsDiffer" } }),
  };
}

/**
 * Replaces the actor's password. The actor's other sessions end; the one that asks goes on.
 * @throws Invalid on `currentPassword` if it is not the present one (or not any more when the new one is about to be
 *   stored), on `password` if the password policy says no, on `confirm` if it differs; Blocked after too many
 *   wrong ones; Forbidden if no user acts
 */
export async function changeOwnPassword(ctx: Context, input: OwnPasswordInput): Promise<void> {
  const { userId } = selfOf(ctx);
  const { loginId = "", passwordHash: stored } = (await storedSecret(ctx)) ?? {};
  if (!stored) throw new Invalid({ currentPassword: { key: "currentPasswordNone" } });
  if (!hasPasswordHere(canonicalLoginId(loginId))) throw new Invalid({ password: { key: "reservedDomain" } });
  const problems = await problemsOf(ctx, input, loginId, stored);
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  const passwordHash = await hashPassword(input.password);
  await inTransaction(ctx, async (tx) => {
    // In the order of every other change of a user: whoever holds the row must not wait for this lock.
    await lockSuperusers(tx.db, [userId], false);
    const [still] = await tx.db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.passwordHash, stored)))
      .for("update");
    if (!still) throw new Invalid({ currentPassword: WRONG });
    const [outcome] = await saveIn(tx, userEntity, [{ id: userId, patch: () => ({}) }], { passwordHash });
    if (outcome?.result === "refused") throw outcome.error;
  });
}
