import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createAccessToken, findTokenPrincipal } from "@/lib/auth/access-tokens";
import { database } from "@/lib/db/client";
import { accessTokens } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { lastAuditOf } from "@/lib/testing/records";
import { pruneAccessTokens } from "./retention";
import { createOwnToken, ownTokens, revokeOwnToken } from "./service";

setUpTestDatabase();

describe("createOwnToken", () => {
  it("makes a token of that name for as long as was chosen", async () => {
    const { ctx } = await signedIn(await createTestUser());
    await createOwnToken(ctx, { name: " backup ", days: "30" });
    const [token] = await ownTokens(ctx);
    expect(token).toMatchObject({ name: "backup", lastUsedAt: null });
    const lasts = ((token?.expiresAt.getTime() ?? 0) - (token?.createdAt.getTime() ?? 0)) / 86_400_000;
    expect(lasts).toBeCloseTo(30, 4);
  });

  it("refuses what is no name and a time that is not on offer", async () => {
    const { ctx } = await signedIn(await createTestUser());
    for (const name of ["", "  ", "x".repeat(101), "two\nlines", "nul\0"]) {
      expect(await failureOf(createOwnToken(ctx, { name, days: "" })), name).toMatchObject({ code: "invalid" });
    }
    for (const days of ["31", "0", "-1", "7.5", "9999"]) {
      expect(await failureOf(createOwnToken(ctx, { name: "x", days })), days).toMatchObject({
        fields: { days: { key: "unknownChoice" } },
      });
    }
    expect(await ownTokens(ctx)).toEqual([]);
  });

  it("is for people who have signed in, not for tokens nor for the command line", async () => {
    const user = await createTestUser();
    const { accessToken } = await createAccessToken(testContext(), user);
    const principal = await findTokenPrincipal(accessToken);
    if (!principal) throw new Error("a good token was refused");
    const byToken = testContext({ kind: "user", principal });
    for (const ctx of [byToken, testContext()]) {
      expect(await failureOf(createOwnToken(ctx, { name: "x", days: "" }))).toMatchObject({ code: "forbidden" });
      expect(await failureOf(ownTokens(ctx))).toMatchObject({ code: "forbidden" });
      expect(await failureOf(revokeOwnToken(ctx, user.id))).toMatchObject({ code: "forbidden" });
    }
  });
});

describe("ownTokens", () => {
  it("lists one's own that have not expired, the newest first", async () => {
    const { ctx } = await signedIn(await createTestUser());
    const { ctx: other } = await signedIn(await createTestUser());
    for (const name of ["first", "second", "expired"]) await createOwnToken(ctx, { name, days: "" });
    await createOwnToken(other, { name: "foreign", days: "" });
    await database().update(accessTokens).set({ expiresAt: sql`now()` }).where(eq(accessTokens.name, "expired"));
    expect((await ownTokens(ctx)).map(({ name }) => name)).toEqual(["second", "first"]);
  });
});

describe("revokeOwnToken", () => {
  it("ends the token at once, and says so in the trail", async () => {
    const user = await createTestUser();
    const { ctx } = await signedIn(user);
    const { id, accessToken } = await createOwnToken(ctx, { name: "backup", days: "" });
    const kept = await createOwnToken(ctx, { name: "kept", days: "" });
    await revokeOwnToken(ctx, id);
    expect(await findTokenPrincipal(accessToken)).toBeNull();
    expect(await findTokenPrincipal(kept.accessToken)).not.toBeNull();
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "revoke-token",
      changes: { token: { from: "backup", to: null } },
    });
  });

  it("finds nobody else's token, none that is gone, and nothing that is no id", async () => {
    const { ctx } = await signedIn(await createTestUser());
    const { ctx: other } = await signedIn(await createTestUser());
    const { id, accessToken } = await createOwnToken(other, { name: "theirs", days: "" });
    for (const wrong of [id, "x", "", "' or true --"]) {
      expect(await failureOf(revokeOwnToken(ctx, wrong)), wrong).toMatchObject({ code: "not-found" });
    }
    expect(await findTokenPrincipal(accessToken)).not.toBeNull();
  });
});

it("tokens are forgotten a day after they have expired", async () => {
  const { ctx } = await signedIn(await createTestUser());
  const ids: Record<string, string> = {};
  for (const name of ["yesterday", "today"]) ids[name] = (await createOwnToken(ctx, { name, days: "" })).id;
  const expire = (name: string, ago: string) =>
    database()
      .update(accessTokens)
      .set({ expiresAt: sql`now() - ${ago}::interval` })
      .where(eq(accessTokens.id, ids[name] ?? ""));
  await expire("yesterday", "25 hours");
  await expire("today", "23 hours");
  await pruneAccessTokens(database());
  const left = await database().select({ id: accessTokens.id }).from(accessTokens);
  expect(left.map(({ id }) => id)).toContain(ids.today);
  expect(left.map(({ id }) => id)).not.toContain(ids.yesterday);
});
