import { createHmac } from "node:crypto";
import { eq, type SQL, sql } from "drizzle-orm";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { accessTokens, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, signedIn, type TestUser } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { lastAuditOf, storedUser } from "@/lib/testing/records";
import { createAccessToken, findTokenPrincipal } from "./access-tokens";
import { findLinkHolder, signLinkToken } from "./links";
import { startSession } from "./session";

setUpTestDatabase();

const tokenOf = async (user: TestUser) => (await createAccessToken(testContext(), user)).accessToken;

/** A token that says what an honest one says, but for what is given here. */
async function forged(
  honest: string,
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  secret?: string,
) {
  const key = createHmac("sha512", secret ?? process.env.AUTH_SECRET ?? "")
    .update("gatehouse access token")
    .digest();
  return new SignJWT({ ...decodeJwt(honest), ...claims })
    .setProtectedHeader({ ...decodeProtectedHeader(honest), ...header } as { alg: string })
    .sign(key);
}

describe("createAccessToken", () => {
  it("makes a token for ACCESS_TOKEN_EXPIRE_MINS and tells when it expires", async () => {
    const user = await createTestUser();
    const { id, accessToken, expiresAt } = await createAccessToken(testContext(), user, { name: "backup" });
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: "HS512", typ: "at+jwt" });
    const { sub, jti, iat = 0, exp = 0 } = decodeJwt(accessToken);
    expect([sub, jti, exp * 1000]).toEqual([user.id, id, expiresAt.getTime()]);
    expect(exp - iat).toBe(15 * 60);
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "create-token",
      changes: { token: { from: null, to: "backup" } },
    });
  });

  it("follows ACCESS_TOKEN_EXPIRE_MINS and what is asked for", async () => {
    const user = await createTestUser();
    await withEnvironment({ ACCESS_TOKEN_EXPIRE_MINS: "3" }, async () => {
      const { iat = 0, exp = 0 } = decodeJwt(await tokenOf(user));
      expect(exp - iat).toBe(180);
      const { accessToken } = await createAccessToken(testContext(), user, { minutes: 60 });
      const longer = decodeJwt(accessToken);
      expect((longer.exp ?? 0) - (longer.iat ?? 0)).toBe(3600);
    });
  });

  it("stores nothing from which the token could be made", async () => {
    const user = await createTestUser();
    const token = await tokenOf(user);
    const { rows } = await database().execute(
      sql`select t::text as row from access_tokens t where user_id = ${user.id}`,
    );
    const [, , signature = ""] = token.split(".");
    expect(JSON.stringify(rows)).not.toContain(signature);
  });

  it("makes none for accounts that may not sign in", async () => {
    for (const state of [{ isEnabled: false }, { isVerified: false }, { disabledAt: new Date(0) }]) {
      const user = await createTestUser(state);
      expect(await failureOf(createAccessToken(testContext(), user))).toMatchObject({ code: "forbidden" });
    }
  });

  it("makes none for somebody else, for a session that has ended, or by a token", async () => {
    const user = await createTestUser();
    const { ctx, principal } = await signedIn(user);
    const asking = (by: Context, whose: TestUser) => failureOf(createAccessToken(by, whose));
    expect(await asking(ctx, await createTestUser())).toMatchObject({ code: "forbidden" });
    const byToken = await findTokenPrincipal(await tokenOf(user));
    if (!byToken) throw new Error("a good token was refused");
    expect(await asking(testContext({ kind: "user", principal: byToken }), user)).toMatchObject({ code: "forbidden" });
    await database().delete(sessions).where(eq(sessions.id, principal.sessionId));
    expect(await asking(ctx, user)).toMatchObject({ code: "forbidden" });
  });

  it("gives one user no more than the most, however many ask at once, and those that expired make room", async () => {
    const { mostPerUser } = settings.accessTokens;
    const user = await createTestUser();
    const asked = Array.from({ length: mostPerUser + 8 }, () => createAccessToken(testContext(), user));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: "conflict" } });
    await database().update(accessTokens).set({ expiresAt: sql`now()` }).where(eq(accessTokens.userId, user.id));
    expect(await tokenOf(user)).toBeTruthy();
  });
});

describe("findTokenPrincipal", () => {
  it("finds the user with permissions and without a session, and leaves the last sign-in alone", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"] });
    const before = await storedUser(user.id);
    expect(await findTokenPrincipal(await tokenOf(user))).toEqual({
      userId: user.id,
      loginId: user.loginId,
      isSuperuser: false,
      permissions: new Set(["auth-manage"]),
      locale: null,
      sessionId: null,
    });
    expect((await storedUser(user.id))?.lastLoginAt).toEqual(before?.lastLoginAt);
    expect(await database().$count(sessions, eq(sessions.userId, user.id))).toBe(0);
  });

  it("notes the use, but not at every request", async () => {
    const user = await createTestUser();
    const token = await tokenOf(user);
    const used = async () => {
      await findTokenPrincipal(token);
      const [row] = await database().select().from(accessTokens).where(eq(accessTokens.userId, user.id));
      return row?.lastUsedAt?.getTime();
    };
    const first = await used();
    expect(first).toEqual(expect.any(Number));
    expect(await used()).toBe(first);
    await database().update(accessTokens).set({ lastUsedAt: sql`now() - interval '2 minutes'` });
    expect(await used()).toBeGreaterThanOrEqual(first ?? 0);
  });

  it("expires by the clock of the database, whatever that of the app says", async () => {
    const user = await createTestUser();
    const token = await tokenOf(user);
    await database().update(accessTokens).set({ expiresAt: sql`now() + interval '10 seconds'` });
    expect(await findTokenPrincipal(token)).not.toBeNull();
    await database().update(accessTokens).set({ expiresAt: sql`now()` });
    expect(await findTokenPrincipal(token)).toBeNull();
  });

  it("is not good while its user is not active, whatever has made that so", async () => {
    const user = await createTestUser();
    const token = await tokenOf(user);
    const become = (state: Partial<typeof users.$inferInsert> | { disabledAt: SQL }) =>
      database().update(users).set(state).where(eq(users.id, user.id));
    for (const state of [{ isEnabled: false }, { isVerified: false }, { disabledAt: sql`now()` }]) {
      await become(state);
      expect(await findTokenPrincipal(token)).toBeNull();
      await become({ isEnabled: true, isVerified: true, disabledAt: null });
      expect(await findTokenPrincipal(token)).not.toBeNull();
    }
  });

  it("is not good with any one character changed, taken away or added", async () => {
    const token = await tokenOf(await createTestUser());
    for (let at = 0; at < token.length; at++) {
      const [before, after] = [token.slice(0, at), token.slice(at + 1)];
      const other = token[at] === "A" ? "B" : "A";
      for (const wrong of [before + other + after, before + after]) {
        expect(await findTokenPrincipal(wrong), wrong).toBeNull();
      }
    }
    expect(await findTokenPrincipal(`${token}A`)).toBeNull();
    // The last character has bits that mean nothing.
    const last = token.at(-1) ?? "";
    for (const twin of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      if (twin !== last) expect(await findTokenPrincipal(token.slice(0, -1) + twin)).toBeNull();
    }
  });

  it("believes no other algorithm, kind, issuer, audience, subject or secret", async () => {
    const honest = await tokenOf(await createTestUser());
    const other = await createTestUser();
    expect(await findTokenPrincipal(await forged(honest, {}, {}))).not.toBeNull();
    const wrong = [
      await forged(honest, { alg: "HS256" }, {}),
      await forged(honest, { alg: "HS384" }, {}),
      await forged(honest, { typ: "JWT" }, {}),
      await forged(honest, {}, { iss: "http://elsewhere.example" }),
      await forged(honest, {}, { aud: "link:reset" }),
      await forged(honest, {}, { sub: other.id }),
      await forged(honest, {}, { jti: other.id }),
      await forged(honest, {}, { sub: "x" }),
      await forged(honest, {}, { jti: undefined }),
      await forged(honest, {}, {}, "some other secret that is long enough as well"),
      honest
        .replace(/^[^.]+/, Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url"))
        .replace(/[^.]+$/, ""),
    ];
    for (const token of wrong) expect(await findTokenPrincipal(token), token).toBeNull();
  });

  it("takes no session and no mailed link for a token, nor anything endless", async () => {
    const user = await createTestUser();
    const session = await startSession(testContext(), user, "password");
    const holder = await findLinkHolder(database(), eq(users.id, user.id));
    if (!holder) throw new Error("there is no such user");
    const { token: link } = await signLinkToken(holder, "reset");
    for (const wrong of ["", "..", "a.b.c", session, link, "x".repeat(16_384), `${await tokenOf(user)}.`, "\0.\0.\0"]) {
      expect(await findTokenPrincipal(wrong), wrong.slice(0, 50)).toBeNull();
    }
  });

  it("is good whatever the address of the app is, which may change", async () => {
    const token = await tokenOf(await createTestUser());
    await withEnvironment({ AUTH_URL: "http://localhost:4321" }, async () => {
      expect(await findTokenPrincipal(token)).not.toBeNull();
    });
  });

  it("holds through a rotation of AUTH_SECRET until the old secret is taken out", async () => {
    const user = await createTestUser();
    const old = process.env.AUTH_SECRET ?? "";
    const fresh = "another secret for tests that is long enough";
    const token = await tokenOf(user);
    const rotated = await withEnvironment({ AUTH_SECRET: `${fresh},${old}` }, async () => {
      expect(await findTokenPrincipal(token)).not.toBeNull();
      return tokenOf(user);
    });
    expect(await findTokenPrincipal(rotated)).toBeNull();
    await withEnvironment({ AUTH_SECRET: fresh }, async () => {
      expect(await findTokenPrincipal(rotated)).not.toBeNull();
      expect(await findTokenPrincipal(token)).toBeNull();
    });
  });
});
