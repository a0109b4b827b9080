import { and, desc, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import { recordAudits } from "@/lib/audit/record";
import type { SessionPrincipal } from "@/lib/auth/principal";
import { signedInSelfOf } from "@/lib/auth/self";
import { endSessionsOf, isRunning } from "@/lib/auth/session";
import { type Context, inTransaction } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { NotFound } from "@/lib/errors";

/** What people do with their own sessions. */

/** Nobody reads more than this many; the rest is counted. */
const LISTED = 50;

export type OwnSession = {
  id: string;
  /** The one in which this is asked. */
  isCurrent: boolean;
  userAgent: string | null;
  ip: string | null;
  /** The way in: password, or the name of another authenticator or provider. */
  provider: string;
  signedInAt: Date;
  lastSeenAt: Date;
};

/**
 * The actor's running sessions: this one first, then those last seen.
 * @returns at most 50, and how many there are besides
 * @throws Forbidden if no user acts
 */
export async function ownSessions(ctx: Context): Promise<{ sessions: OwnSession[]; more: number }> {
  const { userId, sessionId } = signedInSelfOf(ctx);
  const isCurrent = sql<boolean>`${sessions.id} = ${sessionId}`;
  const rows = await ctx.db
    .select({
      id: sessions.id,
      isCurrent,
      userAgent: sessions.userAgent,
      ip: sessions.ip,
      provider: sessions.provider,
      signedInAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      total: sql<number>`(count(*) over ())::int`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.userId, userId), isRunning()))
    .orderBy(desc(isCurrent), desc(sessions.lastSeenAt), sessions.id)
    .limit(LISTED);
  const total = rows[0]?.total ?? 0;
  return { sessions: rows.map(({ total: _, ...session }) => session), more: total - rows.length };
}

/**
 * Ends running sessions of `self` other than the one that asks, with an audit row each.
 * @param which those that are meant; all of them if left out
 */
async function endRunning(tx: Context, self: SessionPrincipal, which?: SQL): Promise<number> {
  const meant = tx.db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.userId, self.userId), ne(sessions.id, self.sessionId), isRunning(), which));
  // One statement: of two that end the same session, one finds it gone.
  const ended = await tx.db.delete(sessions).where(inArray(sessions.id, meant)).returning({ id: sessions.id });
  await recordAudits(
    tx,
    ended.map(() => ({
      action: "end-session",
      entity: "users",
      entityId: self.userId,
      entityLabel: self.loginId,
    })),
  );
  return ended.length;
}

/**
 * Ends another session of the actor. Ending the one that asks is signing out, which is not done here.
 * @throws NotFound if the actor has no such other session, Forbidden if no user acts
 */
export async function endOwnSession(ctx: Context, sessionId: string): Promise<void> {
  const self = signedInSelfOf(ctx);
  if (!isUuid(sessionId)) throw new NotFound();
  await inTransaction(ctx, async (tx) => {
    if ((await endRunning(tx, self, eq(sessions.id, sessionId))) === 0) throw new NotFound();
  });
}

/**
 * Ends every session of the actor but the one that asks.
 * @returns how many were running
 * @throws Forbidden if no user acts
 */
export async function endOtherSessions(ctx: Context): Promise<number> {
  const self = signedInSelfOf(ctx);
  return inTransaction(ctx, async (tx) => {
    // Takes turns with sign-ins and with others who end these sessions, who would lock the same rows in another order.
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, self.userId)).for("update");
    const count = await endRunning(tx, self);
    // Those that have been idle too long would run again if the limit were raised.
    await endSessionsOf(tx.db, [self.userId], self.sessionId);
    return count;
  });
}
