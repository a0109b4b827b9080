import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, lastAuditOf, storedUser } from "@/lib/testing/records";
import { hashPassword } from "./password";
import { endSession, endSessionsOf, findPrincipal, sessionCookieName, startSession } from "./session";
import { verifySignIn } from "./sign-in";

setUpTestDatabase();

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");

async function rowOf(token: string) {
  const [row] = await database()
    .select({
      id: sessions.id,
      lastSeenAt: sessions.lastSeenAt,
      version: sql<string>`xmin::text`,
      all: sql`${sessions}::text`,
    })
    .from(sessions)
    .where(eq(sessions.tokenHash, sha256(token)));
  return row;
}

/** Lets time pass for one session: moves what it remembers into the past. */
const age = (token: string, interval: string) =>
  database()
    .update(sessions)
    .set({
      lastSeenAt: sql`${sessions.lastSeenAt} - ${interval}::interval`,
      expiresAt: sql`${sessions.expiresAt} - ${interval}::interval`,
    })
    .where(eq(sessions.tokenHash, sha256(token)));

const ageLastSeen = (token: string, interval: string) =>
  database()
    .update(sessions)
    .set({ lastSeenAt: sql`${sessions.lastSeenAt} - ${interval}::interval` })
    .where(eq(sessions.tokenHash, sha256(token)));

describe("findPrincipal", () => {
  it("finds the user of a session", async () => {
    const user = await createTestUser({ loginId: "Ann@Example.com" });
    const { token, principal } = await signedIn(user);
    expect(principal).toEqual({
      userId: user.id,
      loginId: "Ann@Example.com",
      isSuperuser: false,
      permissions: new Set(),
      locale: null,
      sessionId: (await rowOf(token))?.id,
    });
  });

  it("finds nobody for a token that is unknown or none at all", async () => {
    const { token } = await signedIn(await createTestUser());
    const hash = sha256(token);
    const flipped = (token.startsWith("A") ? "B" : "A") + token.slice(1);
    for (const wrong of [
      undefined,
      "",
      " ",
      "x",
      flipped,
      hash,
      `${token}x`,
      ` ${token}`,
      token.slice(0, -1),
      "' or 1=1 --",
      "\0".repeat(43),
      "a".repeat(43),
    ]) {
      expect(await findPrincipal(wrong)).toBeNull();
    }
  });

  it("ends a session that nobody has used for SESSION_IDLE_MINS", async () => {
    const { token } = await signedIn(await createTestUser());
    await ageLastSeen(token, "119 minutes 50 seconds");
    expect(await findPrincipal(token)).not.toBeNull();
    await ageLastSeen(token, "120 minutes 1 second");
    expect(await findPrincipal(token)).toBeNull();
  });

  it("ends a session after SESSION_MAX_HOURS, however busy it is", async () => {
    const { token } = await signedIn(await createTestUser());
    await age(token, "23 hours 59 minutes");
    await ageLastSeen(token, "-23 hours -59 minutes");
    expect(await findPrincipal(token)).not.toBeNull();
    await age(token, "2 minutes");
    expect(await findPrincipal(token)).toBeNull();
  });

  it("follows the configured lifetimes", async () => {
    const user = await createTestUser();
    await withEnvironment({ SESSION_IDLE_MINS: "5", SESSION_MAX_HOURS: "1" }, async () => {
      const idle = await startSession(testContext(), user, "password");
      await ageLastSeen(idle, "5 minutes 1 second");
      expect(await findPrincipal(idle)).toBeNull();
      const old = await startSession(testContext(), user, "password");
      await age(old, "1 hour 1 second");
      await ageLastSeen(old, "-1 hour");
      expect(await findPrincipal(old)).toBeNull();
    });
  });

  it.each([
    ["is disabled", { isEnabled: false }],
    ["has reached the date of disabling", { disabledAt: sql`now()` }],
    ["has lost the verification", { isVerified: false }],
  ])("ends the sessions of a user who %s", async (_, change) => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await database().update(users).set(change).where(eq(users.id, user.id));
    expect(await findPrincipal(token)).toBeNull();
  });

  it("leaves a user alone whose date of disabling is still to come", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await database().update(users).set({ disabledAt: sql`now() + interval '1 minute'` }).where(eq(users.id, user.id));
    expect(await findPrincipal(token)).not.toBeNull();
  });

  it("does not ask for verification where no mail is sent", async () => {
    const user = await createTestUser({ isVerified: false });
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      expect(await findPrincipal(await startSession(testContext(), user, "password"))).not.toBeNull();
    });
  });

  it("ends the sessions of a user who was deleted", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await database().delete(users).where(eq(users.id, user.id));
    expect(await findPrincipal(token)).toBeNull();
    expect(await rowOf(token)).toBeUndefined();
  });

  it("notes the last use at most once a minute", async () => {
    const { token } = await signedIn(await createTestUser());
    const fresh = await rowOf(token);
    await findPrincipal(token);
    expect(await rowOf(token)).toEqual(fresh);
    await ageLastSeen(token, "61 seconds");
    const aged = await rowOf(token);
    await findPrincipal(token);
    const noted = await rowOf(token);
    expect(noted?.lastSeenAt.getTime()).toBeGreaterThan((aged?.lastSeenAt.getTime() ?? 0) + 60_000);
    await findPrincipal(token);
    expect(await rowOf(token)).toEqual(noted);
  });
});

describe("startSession", () => {
  it("stores the hash of the token and nowhere the token", async () => {
    const { token } = await signedIn(await createTestUser());
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const row = await rowOf(token);
    expect(row).toBeDefined();
    expect(row?.all).not.toContain(token);
    const found = await database().execute(sql`select 1 from audit_events where changes::text like ${`%${token}%`}`);
    expect(found.rows).toEqual([]);
  });

  it("notes way in, time and circumstances, and audits the sign-in", async () => {
    const user = await createTestUser();
    const request = { ip: "203.0.113.7", userAgent: "Firefox", requestId: "r-1" };
    const token = await startSession({ ...testContext({ kind: "system" }), request }, user, "corp");
    const [row] = await database()
      .select()
      .from(sessions)
      .where(eq(sessions.tokenHash, sha256(token)));
    expect(row).toMatchObject({ userId: user.id, provider: "corp", ip: "203.0.113.7", userAgent: "Firefox" });
    expect((await storedUser(user.id)).lastLoginAt).toEqual(row?.createdAt);
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "sign-in",
      entity: "users",
      entityLabel: user.loginId,
      changes: { provider: { from: null, to: "corp" } },
      ip: "203.0.113.7",
      requestId: "r-1",
    });
  });

  it("gives a new token every time", async () => {
    const user = await createTestUser();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => startSession(testContext(), user, "password")));
    expect(new Set(tokens).size).toBe(10);
    for (const token of tokens) expect(await findPrincipal(token)).not.toBeNull();
  });

  it("ends the session that the browser had before, whoever's it was", async () => {
    const before = await signedIn(await createTestUser());
    const token = await startSession(testContext(), await createTestUser(), "password", before.token);
    expect(await findPrincipal(before.token)).toBeNull();
    expect(await findPrincipal(token)).not.toBeNull();
  });

  it("never takes over a token that was there before", async () => {
    const preset = "A".repeat(43);
    const token = await startSession(testContext(), await createTestUser(), "password", preset);
    expect(token).not.toBe(preset);
    expect(await findPrincipal(preset)).toBeNull();
  });
});

describe("the end of sessions", () => {
  it("endSession ends this one, and audits it", async () => {
    const user = await createTestUser();
    const [one, other] = [await signedIn(user), await signedIn(user)];
    await endSession(one.ctx, one.token);
    expect(await findPrincipal(one.token)).toBeNull();
    expect(await findPrincipal(other.token)).not.toBeNull();
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "sign-out",
      actorId: user.id,
      entityLabel: user.loginId,
    });
  });

  it("endSession with an unknown token does nothing", async () => {
    const user = await createTestUser();
    const { token, ctx } = await signedIn(user);
    await endSession(ctx, "B".repeat(43));
    expect(await findPrincipal(token)).not.toBeNull();
    expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(["create", "sign-in"]);
  });

  it("endSessionsOf ends those of the users named, except one", async () => {
    const [ann, bob, eve] = [await createTestUser(), await createTestUser(), await createTestUser()];
    const [kept, ended] = [await signedIn(ann), await signedIn(ann)];
    const [ofBob, ofEve] = [await signedIn(bob), await signedIn(eve)];
    await endSessionsOf(database(), [ann.id, bob.id], kept.principal.sessionId);
    expect(await findPrincipal(kept.token)).not.toBeNull();
    expect(await findPrincipal(ended.token)).toBeNull();
    expect(await findPrincipal(ofBob.token)).toBeNull();
    expect(await findPrincipal(ofEve.token)).not.toBeNull();
  });
});

describe("sessionCookieName", () => {
  it.each([
    ["https://gatehouse.acme.test", "__Host-gatehouse-session"],
    ["http://localhost:3000", "gatehouse-session"],
  ])("at %s is %s", async (url, name) => {
    await withEnvironment({ AUTH_URL: url }, () => expect(sessionCookieName()).toBe(name));
  });
});

describe("between the check of a password and the session", () => {
  it("a changed password or a disabled account signs nobody in", async () => {
    const user = await createTestUser({ password: "the password of before" });
    const outcome = await verifySignIn(testContext(), { loginId: user.loginId, password: "the password of before" });
    if (!outcome.ok) throw new Error("the password was right");
    await database()
      .update(users)
      .set({ passwordHash: await hashPassword("the password of after") })
      .where(eq(users.id, user.id));
    expect(await failureOf(startSession(testContext(), outcome.user, "password"))).toMatchObject({ code: "forbidden" });
    await database().update(users).set({ isEnabled: false }).where(eq(users.id, user.id));
    expect(await failureOf(startSession(testContext(), user, "password"))).toMatchObject({ code: "forbidden" });
  });
});

it("the shortest idle time does not end the session of somebody active", async () => {
  await withEnvironment({ SESSION_IDLE_MINS: "1" }, async () => {
    const user = await createTestUser();
    const token = await startSession(testContext(), user, "password");
    // Twenty-five seconds pass three times, with a request after each.
    for (let request = 0; request < 3; request += 1) {
      await database()
        .update(sessions)
        .set({ lastSeenAt: sql`last_seen_at - interval '25 seconds'` })
        .where(eq(sessions.userId, user.id));
      expect(await findPrincipal(token)).not.toBeNull();
    }
  });
});
