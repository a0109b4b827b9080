import { createHash, randomBytes } from "node:crypto";
import { and, eq, gt, inArray, ne, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { type Context, inTransaction } from "@/lib/context";
import { hostCookieName } from "@/lib/cookie-name";
import { type Database, database, withoutParameters } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { Forbidden } from "@/lib/errors";
import { isActive } from "./active";
import type { SessionPrincipal } from "./principal";
import { principalColumns } from "./principal-columns";
import { syncGroups } from "./synced-groups";
import { noteUse } from "./use-noted";

/** 256 bits of randomness, base64url: the whole content of the cookie. */
const TOKEN_SHAPE = /^[A-Za-z0-9_-]{43}$/;

const hashToken = (token: string) => createHash("sha256").update(token).digest("base64url");

export const sessionCookieName = (): string => hostCookieName("gatehouse-session");

const minutes = (n: number) => sql`make_interval(mins => ${n})`;

/** Seconds between two notes of "last seen": often enough that an active user never looks idle. */
const lastSeenInterval = () => Math.min(settings.session.lastSeenEverySeconds, config().SESSION_IDLE_MINS * 15);

/** SQL for a session that can still be used, joined with its user. */
export const isRunning = () =>
  and(
    gt(sessions.expiresAt, sql`now()`),
    gt(sessions.lastSeenAt, sql`now() - ${minutes(config().SESSION_IDLE_MINS)}`),
    isActive(),
  );

const prepareLookup = (db: Database) =>
  db
    .select({
      ...principalColumns(),
      sessionId: sessions.id,
      isDueForLastSeen: sql<boolean>`${sessions.lastSeenAt} < now() - make_interval(secs => ${lastSeenInterval()})`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.tokenHash, sql.placeholder("tokenHash")), isRunning()))
    // Planning costs more than running this query: it is planned once per connection.
    .prepare("session_principal");

const lookups = new WeakMap<Database, ReturnType<typeof prepareLookup>>();

function lookupOn(db: Database) {
  const known = lookups.get(db) ?? prepareLookup(db);
  lookups.set(db, known);
  return known;
}

/**
 * Who the cookie belongs to: session, user and effective permissions in one round trip. Null if there is no such
 * session, it has ended, or its user is not active any more.
 */
export async function findPrincipal(
  token: string | undefined,
  db: Database = database(),
): Promise<SessionPrincipal | null> {
  if (!token || !TOKEN_SHAPE.test(token)) return null;
  const [row] = await withoutParameters(lookupOn(db).execute({ tokenHash: hashToken(token) }));
  if (!row) return null;
  const { isDueForLastSeen, permissions, ...principal } = row;
  if (isDueForLastSeen) {
    await noteUse(() => db.update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, row.sessionId)));
  }
  return { ...principal, permissions: new Set(permissions) };
}

/** What a way in that vouches for its people makes of an account that nobody has verified yet. */
async function verifyAccount(tx: Context, user: { id: string; loginId: string }): Promise<void> {
  const [verified] = await tx.db
    .update(users)
    .set({ isVerified: true, updatedAt: sql`now()` })
    .where(and(eq(users.id, user.id), eq(users.isVerified, false)))
    .returning({ id: users.id });
  if (!verified) return;
  await recordAudit(tx, {
    action: "update",
    entity: "users",
    entityId: user.id,
    entityLabel: user.loginId,
    changes: { isVerified: { from: false, to: true } },
  });
}

/**
 * Starts a session after a successful sign-in and notes the sign-in on the user.
 * @param user whose `passwordHash`, where given, must still be the stored one: a password that was changed between its
 *   check and this moment signs nobody in. An `upgradedHash` for the same password takes its place, without the password
 *   being changed by that
 * @param provider the way in; `groups`, where given, are what it makes the user a member of
 * @param replaces the cookie that the browser held before; its session ends
 * @returns the new cookie's value, which is stored nowhere else
 * @throws Forbidden if the user may not sign in any more
 */
export async function startSession(
  ctx: Context,
  user: {
    id: string;
    loginId: string;
    passwordHash?: string | undefined;
    upgradedHash?: string | undefined;
    vouches?: boolean | undefined;
    groups?: readonly string[] | undefined;
  },
  provider: string,
  replaces?: string,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  return inTransaction(ctx, async (tx) => {
    if (user.vouches) await verifyAccount(tx, user);
    const hashes = [user.passwordHash, user.upgradedHash].filter((hash) => hash !== undefined);
    const isUnchanged = user.passwordHash === undefined ? undefined : inArray(users.passwordHash, hashes);
    const upgrade = user.passwordHash && user.upgradedHash ? { passwordHash: user.upgradedHash } : {};
    const [still] = await tx.db
      .update(users)
      .set({ lastLoginAt: sql`now()`, ...upgrade })
      .where(and(eq(users.id, user.id), isActive(), isUnchanged))
      .returning({ id: users.id });
    if (!still) throw new Forbidden();
    if (user.groups) await syncGroups(tx, user, provider, user.groups);
    if (replaces) await tx.db.delete(sessions).where(eq(sessions.tokenHash, hashToken(replaces)));
    await tx.db.insert(sessions).values({
      userId: user.id,
      tokenHash: hashToken(token),
      provider,
      expiresAt: sql`now() + make_interval(hours => ${config().SESSION_MAX_HOURS})`,
      ip: ctx.request.ip,
      userAgent: ctx.request.userAgent,
    });
    await recordAudit(tx, {
      action: "sign-in",
      entity: "users",
      entityId: user.id,
      entityLabel: user.loginId,
      changes: { provider: { from: null, to: provider } },
      by: user,
    });
    return token;
  });
}

/**
 * Ends the session of `token`, if there is one.
 * @returns the way in by which it had begun
 */
export async function endSession(ctx: Context, token: string): Promise<string | undefined> {
  return inTransaction(ctx, async (tx) => {
    const [ended] = await tx.db
      .delete(sessions)
      .where(eq(sessions.tokenHash, hashToken(token)))
      .returning({ userId: sessions.userId, provider: sessions.provider });
    if (!ended) return undefined;
    const [user] = await tx.db.select({ loginId: users.loginId }).from(users).where(eq(users.id, ended.userId));
    await recordAudit(tx, {
      action: "sign-out",
      entity: "users",
      entityId: ended.userId,
      ...(user && { entityLabel: user.loginId, by: { id: ended.userId, loginId: user.loginId } }),
    });
    return ended.provider;
  });
}

/**
 * Ends every session of the users, except one that may go on. Part of the caller's transaction.
 * @returns whose sessions they were, once for each session
 */
export async function endSessionsOf(db: Database, userIds: string[], exceptSessionId?: string): Promise<string[]> {
  const ended = await db
    .delete(sessions)
    .where(
      and(
        inArray(sessions.userId, userIds),
        exceptSessionId === undefined ? undefined : ne(sessions.id, exceptSessionId),
      ),
    )
    .returning({ userId: sessions.userId });
  return ended.map(({ userId }) => userId);
}
