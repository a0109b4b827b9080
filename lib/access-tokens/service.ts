import { and, desc, eq } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { createAccessToken, isUnexpired, type NewAccessToken } from "@/lib/auth/access-tokens";
import { signedInSelfOf } from "@/lib/auth/self";
import { settings } from "@/lib/config/settings";
import { type Context, inTransaction } from "@/lib/context";
import { parseInput } from "@/lib/crud/form-state";
import { isUuid } from "@/lib/crud/ids";
import { accessTokens } from "@/lib/db/schema/auth";
import { Invalid, NotFound } from "@/lib/errors";
import { tokenSchema } from "./schema";

/** What people do with their own access tokens. */

export type OwnToken = {
  id: string;
  /** Null for one that a program has made for itself. */
  name: string | null;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
};

/**
 * The actor's tokens that have not expired, the newest first.
 * @throws Forbidden if nobody is signed in
 */
export async function ownTokens(ctx: Context): Promise<OwnToken[]> {
  const { id, name, createdAt, expiresAt, lastUsedAt } = accessTokens;
  return ctx.db
    .select({ id, name, createdAt, expiresAt, lastUsedAt })
    .from(accessTokens)
    .where(and(eq(accessTokens.userId, signedInSelfOf(ctx).userId), isUnexpired()))
    .orderBy(desc(createdAt), desc(id));
}

/** @throws Invalid for a time that is not on offer */
function minutesOf(days: string): number | undefined {
  if (days === "") return undefined;
  const chosen = settings.accessTokens.lifetimeDays.find((each) => String(each) === days);
  if (chosen === undefined) throw new Invalid({ days: { key: "unknownChoice" } });
  return chosen * 24 * 60;
}

/**
 * Makes a token for the actor.
 * @throws Invalid, Conflict if there are too many, Forbidden if nobody is signed in
 */
export async function createOwnToken(ctx: Context, input: { name: string; days: string }): Promise<NewAccessToken> {
  const { name, days } = parseInput(tokenSchema, input);
  return createAccessToken(ctx, { id: signedInSelfOf(ctx).userId }, { name, minutes: minutesOf(days) });
}

/**
 * Revokes a token of the actor: the next request that brings it is refused.
 * @throws NotFound if the actor has no such token, Forbidden if nobody is signed in
 */
export async function revokeOwnToken(ctx: Context, id: string): Promise<void> {
  const { userId, loginId } = signedInSelfOf(ctx);
  if (!isUuid(id)) throw new NotFound();
  await inTransaction(ctx, async (tx) => {
    const [revoked] = await tx.db
      .delete(accessTokens)
      .where(and(eq(accessTokens.id, id), eq(accessTokens.userId, userId)))
      .returning({ name: accessTokens.name });
    if (!revoked) throw new NotFound();
    await recordAudit(tx, {
      action: "revoke-token",
      entity: "users",
      entityId: userId,
      entityLabel: loginId,
      changes: { token: { from: revoked.name ?? id, to: null } },
    });
  });
}
