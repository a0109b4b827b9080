import { eq, type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { config } from "@/lib/config/env";
import { type Context, inTransaction } from "@/lib/context";
import { users } from "@/lib/db/schema/users";
import { isNotDisabled } from "./active";
import { canonicalLoginId } from "./login-id";

/** The account behind somebody who has proved who they are, and whether its state lets them in: for every way in. */

export type Account = {
  id: string;
  loginId: string;
  loginIdCanonical: string;
  isDisabled: boolean;
  isVerified: boolean;
};

/** @returns undefined if there is none */
export async function findAccount(ctx: Context, where: SQL): Promise<Account | undefined> {
  const [account] = await ctx.db
    .select({
      id: users.id,
      loginId: users.loginId,
      loginIdCanonical: users.loginIdCanonical,
      isDisabled: sql<boolean>`not (${isNotDisabled})`,
      isVerified: users.isVerified,
    })
    .from(users)
    .where(where);
  return account;
}

export const findAccountByLogin = (ctx: Context, loginId: string): Promise<Account | undefined> =>
  findAccount(ctx, eq(users.loginIdCanonical, canonicalLoginId(loginId)));

/**
 * An account for somebody whom a directory or an identity provider vouches for: verified, with nothing granted. Of two who
 * come at the same moment, the second finds the account of the first.
 * @param source the way in, for the audit trail
 */
export async function createAccount(ctx: Context, loginId: string, source: string): Promise<Account | undefined> {
  await inTransaction(ctx, async (tx) => {
    const [created] = await tx.db
      .insert(users)
      .values({ loginId, loginIdCanonical: canonicalLoginId(loginId), isVerified: true })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!created) return;
    await recordAudit(tx, {
      action: "create",
      entity: "users",
      entityId: created.id,
      entityLabel: loginId,
      changes: { loginId: { from: null, to: loginId }, provider: { from: null, to: source } },
    });
  });
  return findAccountByLogin(ctx, loginId);
}

/**
 * Why an account lets nobody in, however well they have proved to own it.
 * @param vouches whether the way in makes an unverified account a verified one
 */
export function refusalOf(account: Account, vouches: boolean): "disabled" | "unverified" | undefined {
  if (account.isDisabled) return "disabled";
  return config().mailEnabled && !account.isVerified && !vouches ? "unverified" : undefined;
}
