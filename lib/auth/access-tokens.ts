import { createHmac } from "node:crypto";
import { and, count, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { SignJWT } from "jose";
import { recordAudit } from "@/lib/audit/record";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { type Context, inTransaction } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { type Database, database, withoutParameters } from "@/lib/db/client";
import { accessTokens, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { Conflict, Forbidden } from "@/lib/errors";
import { isActive } from "./active";
import { signingSecret, verifiedPayload } from "./jwt";
import type { Principal } from "./principal";
import { principalColumns } from "./principal-columns";
import { noteUse } from "./use-noted";

/**
 * Access tokens: signed for programs that send them as `Authorization: Bearer`. The signature keeps strangers away from the
 * database; the row in `access_tokens` and the state of its user decide, at each request (docs/decisions/0016).
 */

const ALGORITHM = "HS512";
/** RFC 9068 §2.1: no other token of ours says so, and none of those is taken for one of these. */
const TYPE = "at+jwt";

const keyFrom = (secret: string) => createHmac("sha512", secret).update("gatehouse access token").digest();

/** Not the address of the app, which the command line may not know, and which may change: the row belongs to one app. */
const CLAIMS = { issuer: "gatehouse", audience: "gatehouse api" } as const;

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

/** SQL for a token that has not expired. */
export const isUnexpired = () => gt(accessTokens.expiresAt, sql`now()`);

/** A session that has just been ended, with all tokens, must not leave one behind; and no token makes others. */
async function assertStillSignedIn({ db }: Context, { sessionId }: Principal, userId: string): Promise<void> {
  if (sessionId === null) throw new Forbidden();
  const [session] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)));
  if (!session) throw new Forbidden();
}

/** Holds the user's row, so that nothing about the account changes until the token is there. */
async function lockOwner(tx: Context, userId: string): Promise<{ loginId: string }> {
  const [owner] = await tx.db
    .select({ loginId: users.loginId })
    .from(users)
    .where(and(eq(users.id, userId), isActive()))
    .for("update");
  if (!owner) throw new Forbidden("noTokenWhileInactive");
  if (tx.actor.kind === "user") await assertStillSignedIn(tx, tx.actor.principal, userId);
  return owner;
}

/** Makes room by what has expired. */
async function assertRoom({ db }: Context, userId: string): Promise<void> {
  const isOwn = eq(accessTokens.userId, userId);
  await db.delete(accessTokens).where(and(isOwn, lte(accessTokens.expiresAt, sql`now()`)));
  const [running] = await db.select({ count: count() }).from(accessTokens).where(isOwn);
  if ((running?.count ?? 0) >= settings.accessTokens.mostPerUser) throw new Conflict("tooManyTokens");
}

export type NewAccessToken = {
  /** Its `jti`. */
  id: string;
  /** What is stored nowhere. */
  accessToken: string;
  expiresAt: Date;
};

/**
 * Makes an access token, by which programs act as this user.
 * @param options.minutes how long it lasts; ACCESS_TOKEN_EXPIRE_MINS unless said otherwise
 * @throws Forbidden if the user is not active, or somebody else acts than the user or the operator; Conflict where the user
 *   has too many
 */
export async function createAccessToken(
  ctx: Context,
  user: { id: string },
  {
    name,
    minutes = config().ACCESS_TOKEN_EXPIRE_MINS,
  }: { name?: string | undefined; minutes?: number | undefined } = {},
): Promise<NewAccessToken> {
  const secret = signingSecret();
  return inTransaction(ctx, async (tx) => {
    const owner = await lockOwner(tx, user.id);
    await assertRoom(tx, user.id);
    const [row] = await tx.db
      .insert(accessTokens)
      .values({
        userId: user.id,
        name: name || null,
        // Whole seconds, which is all that a token can say.
        expiresAt: sql`date_trunc('second', now()) + make_interval(mins => ${minutes})`,
      })
      .returning();
    if (!row) throw new Error("A token was not stored.");
    await recordAudit(tx, {
      action: "create-token",
      entity: "users",
      entityId: user.id,
      entityLabel: owner.loginId,
      changes: { token: { from: null, to: row.name ?? row.id } },
    });
    const accessToken = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setIssuer(CLAIMS.issuer)
      .setAudience(CLAIMS.audience)
      .setSubject(user.id)
      .setJti(row.id)
      .setIssuedAt(seconds(row.createdAt))
      .setExpirationTime(seconds(row.expiresAt))
      .sign(keyFrom(secret));
    return { id: row.id, accessToken, expiresAt: row.expiresAt };
  });
}

const prepareLookup = (db: Database) =>
  db
    .select({
      ...principalColumns(),
      isDueForLastUsed: sql<boolean>`coalesce(${accessTokens.lastUsedAt} < now()
        - make_interval(secs => ${settings.session.lastSeenEverySeconds}), true)`,
    })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, accessTokens.userId))
    .where(
      and(
        eq(accessTokens.id, sql.placeholder("id")),
        eq(accessTokens.userId, sql.placeholder("userId")),
        isUnexpired(),
        isActive(),
      ),
    )
    .prepare("access_token_principal");

const lookups = new WeakMap<Database, ReturnType<typeof prepareLookup>>();

function lookupOn(db: Database) {
  const known = lookups.get(db) ?? prepareLookup(db);
  lookups.set(db, known);
  return known;
}

/**
 * Whose an access token is, with effective permissions, in one round trip. Null if it is none of ours, has expired or was
 * revoked, or if its user is not active any more.
 */
export async function findTokenPrincipal(token: string, db: Database = database()): Promise<Principal | null> {
  const payload = await verifiedPayload(token, keyFrom, {
    ...CLAIMS,
    algorithms: [ALGORITHM],
    typ: TYPE,
    requiredClaims: ["sub", "jti", "iat", "exp"],
    // When it expires is for the row and the clock of the database to say.
    currentDate: new Date(0),
  });
  const { jti: id = "", sub: userId = "" } = payload ?? {};
  if (!isUuid(id) || !isUuid(userId)) return null;
  const [row] = await withoutParameters(lookupOn(db).execute({ id, userId }));
  if (!row) return null;
  const { isDueForLastUsed, permissions, ...principal } = row;
  if (isDueForLastUsed) {
    await noteUse(() => db.update(accessTokens).set({ lastUsedAt: sql`now()` }).where(eq(accessTokens.id, id)));
  }
  return { ...principal, permissions: new Set(permissions), sessionId: null };
}

/** Revokes every token of the users. Part of the caller's transaction. @returns whose they were, once for each token */
export async function endTokensOf(db: Database, userIds: string[]): Promise<string[]> {
  const ended = await db
    .delete(accessTokens)
    .where(inArray(accessTokens.userId, userIds))
    .returning({ userId: accessTokens.userId });
  return ended.map(({ userId }) => userId);
}
