import { and, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { verifyPassword } from "@/lib/auth/password";
import { findPrincipal } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { auditEvents, mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { Invalid } from "@/lib/errors";
import { composeMail } from "@/lib/mail/compose";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, signedIn, type TestUser, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { takeOutbox } from "@/lib/testing/outbox";
import { failuresIn, successesIn } from "@/lib/testing/races";
import {
  readPasswordLink,
  requestPasswordReset,
  resendByTicket,
  resendTicket,
  resendVerification,
  setPasswordByLink,
} from "./password-links";
import { setPassword } from "./service";

setUpTestDatabase();

const OLD = "the old words of this user";
const NEW = "quite other words than before";

const anonymous = () => testContext({ kind: "system" });

const both = (password: string) => ({ password, confirm: password });

const rowsOf = (user: TestUser) => database().select().from(mailOutbox).where(eq(mailOutbox.userId, user.id));

const linkIn = (text: string) => {
  const [, path = "", userId = "", token = ""] = /\/(reset-password|verify-account)\/([^/\s]+)\/(\S+)/.exec(text) ?? [];
  return { path, link: { userId, token } };
};

/** The link of the one mail that asking for a reset sends. */
async function resetLink(user: TestUser) {
  await requestPasswordReset(anonymous(), user.loginId);
  const [mail] = await takeOutbox();
  return linkIn(mail?.text ?? "").link;
}

beforeEach(async () => {
  await database().delete(mailOutbox);
});

describe("a forgotten password", () => {
  it("is mailed a link that sets it once, ends every session, lifts the lock and signs nobody in", async () => {
    const user = await createTestUser({ password: OLD });
    const { token } = await signedIn(user);
    const lock = { scope: "account" as const, key: user.loginId, count: 15 };
    const others = { scope: "address" as const, key: "203.0.113.9", count: 15 };
    await database()
      .insert(attemptBudgets)
      .values([
        { type: "login", ...lock },
        { type: "forgot", ...lock },
        { type: "login", ...others },
      ]);
    const link = await resetLink(user);
    expect(await readPasswordLink(anonymous(), "reset", link)).toEqual({ loginId: user.loginId });
    await setPasswordByLink(anonymous(), "reset", link, both(NEW));
    expect(await findPrincipal(token)).toBeNull();
    expect(await verifySignIn(testContext(), { loginId: user.loginId, password: OLD })).toMatchObject({ ok: false });
    expect(await verifySignIn(testContext(), { loginId: user.loginId, password: NEW })).toMatchObject({ ok: true });
    const left = await database().select().from(attemptBudgets);
    expect(left.map(({ type, scope }) => `${type} ${scope}`).sort()).toEqual([
      "forgot account",
      "login account",
      "login address",
      "reset account",
    ]);
    await expect(setPasswordByLink(anonymous(), "reset", link, both(OLD))).rejects.toMatchObject({ code: "not-found" });
    expect(await readPasswordLink(anonymous(), "reset", link)).toBeNull();
  });

  it("is told to the owner afterwards, and kept in the audit trail as the owner's doing", async () => {
    const user = await createTestUser({ password: OLD });
    await setPasswordByLink(anonymous(), "reset", await resetLink(user), both(NEW));
    const [notice, ...more] = await takeOutbox();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ to: user.loginId });
    expect(notice?.text).not.toMatch(/reset-password\//);
    const [audited] = await database()
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.entityId, user.id), eq(auditEvents.action, "set-password")));
    expect(audited).toMatchObject({ actorKind: "user", actorId: user.id, actorLabel: user.loginId });
  });

  it("redeemed 20 times at once is set once, to the password of the one that won", async () => {
    const user = await createTestUser({ password: OLD });
    const link = await resetLink(user);
    const candidates = Array.from({ length: 20 }, (_, n) => `candidate number ${n} of many`);
    const outcomes = await Promise.allSettled(
      candidates.map((candidate) => setPasswordByLink(anonymous(), "reset", link, both(candidate))),
    );
    expect(successesIn(outcomes)).toBe(1);
    const winner = candidates[outcomes.findIndex(({ status }) => status === "fulfilled")] ?? "";
    const [row] = await database().select().from(users).where(eq(users.id, user.id));
    expect(await verifyPassword(row?.passwordHash, winner)).toBe(true);
    for (const outcome of outcomes) {
      // More than the limit of attempts: some do not even get as far as the link.
      if (outcome.status === "rejected") expect(outcome.reason.code).toMatch(/^(not-found|blocked)$/);
    }
  });

  it("is not changed by a password that the policy refuses, and the link stays good", async () => {
    const user = await createTestUser({ password: OLD });
    const link = await resetLink(user);
    const refused = [
      ["short", "passwordTooShort"],
      ["passwordpassword", "passwordCommon"],
      [`x-${user.loginId}-x`, "passwordContext"],
      ["", "required"],
    ] as const;
    for (const [password, key] of refused) {
      const failure = await setPasswordByLink(anonymous(), "reset", link, both(password)).catch((error) => error);
      expect(failure).toBeInstanceOf(Invalid);
      expect(failure.fields).toMatchObject({ password: { key } });
    }
    const differing = { password: NEW, confirm: `${NEW}!` };
    await expect(setPasswordByLink(anonymous(), "reset", link, differing)).rejects.toMatchObject({
      fields: { confirm: { key: "passwordsDiffer" } },
    });
    await setPasswordByLink(anonymous(), "reset", link, both(NEW));
  });

  it.each<[string, (user: TestUser) => Promise<unknown>]>([
    ["signing in", (user) => signedIn(user)],
    ["a new password", (user) => setPassword(testContext(), user.loginId, NEW)],
    [
      "another login",
      ({ id }) =>
        database()
          .update(users)
          .set({ loginIdCanonical: `${uniqueName("moved")}@example.com` })
          .where(eq(users.id, id)),
    ],
    ["disabling", ({ id }) => database().update(users).set({ isEnabled: false }).where(eq(users.id, id))],
    [
      "a disable date that has come",
      ({ id }) => database().update(users).set({ disabledAt: sql`now() - interval '1 ms'` }).where(eq(users.id, id)),
    ],
    ["deletion", ({ id }) => database().delete(users).where(eq(users.id, id))],
  ])("has no good link any more after %s", async (_what, change) => {
    const user = await createTestUser({ password: OLD });
    const link = await resetLink(user);
    await change(user);
    expect(await readPasswordLink(anonymous(), "reset", link)).toBeNull();
    await expect(setPasswordByLink(anonymous(), "reset", link, both("still other words again"))).rejects.toMatchObject({
      problem: { key: "linkInvalid" },
    });
  });

  it("opens by no other link than its own", async () => {
    const [user, other] = [await createTestUser({ password: OLD }), await createTestUser({ password: OLD })];
    const { token } = await resetLink(user);
    for (const userId of [other.id, "", "1", "../..", user.id.toUpperCase().slice(1), `${user.id}\0`]) {
      expect(await readPasswordLink(anonymous(), "reset", { userId, token })).toBeNull();
    }
    expect(await readPasswordLink(anonymous(), "verify", { userId: user.id, token })).toBeNull();
    expect(await readPasswordLink(anonymous(), "reset", { userId: user.id, token: "x".repeat(100_000) })).toBeNull();
  });

  it("sends to the stored address and to nobody else, whatever is typed", async () => {
    const stem = uniqueName("kate");
    const user = await createTestUser({ loginId: `${stem}@example.com` });
    for (const typed of [stem.replace("k", "\u212a"), stem.toUpperCase(), stem.replace("a", "ａ")]) {
      await requestPasswordReset(anonymous(), `${typed}＠EXAMPLE.com `);
      expect((await takeOutbox()).map(({ to }) => to)).toEqual([user.loginId]);
    }
    const lists = [
      "a@x.org,b@y.org",
      "a@x.org b@y.org",
      "a@x.org\r\nBcc: b@y.org",
      "a@x.org;b@y.org",
      "<a@x.org>",
      "@",
      "",
    ];
    for (const typed of lists) {
      await expect(requestPasswordReset(anonymous(), typed)).rejects.toMatchObject({
        fields: { email: { key: "notAnEmail" } },
      });
    }
    expect(await database().select().from(mailOutbox)).toEqual([]);
  });

  it("sends nothing to strangers, disabled accounts and people of a reserved domain, and lets them wait as long", async () => {
    const disabled = await createTestUser({ isEnabled: false });
    const timedOut = await createTestUser({ disabledAt: new Date(Date.now() - 1000) });
    const reserved = await createTestUser({ loginId: `${uniqueName("sso")}@corp.example` });
    const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
    const OIDC_PROFILES = JSON.stringify([{ name: "corp", domainFilter: "CORP.example", client }]);
    await withEnvironment({ OIDC_PROFILES }, async () => {
      for (const loginId of [
        `${uniqueName("nobody")}@example.com`,
        disabled.loginId,
        timedOut.loginId,
        reserved.loginId,
      ]) {
        await requestPasswordReset(anonymous(), loginId);
        expect(await database().select().from(mailOutbox)).toHaveLength(1);
        expect(await takeOutbox()).toEqual([]);
      }
    });
    await requestPasswordReset(anonymous(), reserved.loginId);
    expect(await takeOutbox()).toHaveLength(1);
  });

  it("is limited by account, however many blanks are around it", async () => {
    const { loginId } = await createTestUser();
    const padded = `${loginId}${" ".repeat(5_000)}`;
    for (let n = 0; n < 15; n += 1) await requestPasswordReset(anonymous(), n % 2 ? padded : loginId);
    for (const each of [padded, loginId]) {
      expect(await failureOf(requestPasswordReset(anonymous(), each))).toMatchObject({ code: "blocked" });
    }
  });

  it("asked for 100 times at once is mailed once, and again when some time has passed", async () => {
    const user = await createTestUser();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => requestPasswordReset(anonymous(), user.loginId)),
    );
    expect(successesIn(outcomes)).toBe(15);
    expect(failuresIn(outcomes)).toEqual(
      Array.from({ length: 85 }, () => expect.objectContaining({ code: "blocked" })),
    );
    const rows = await database().select().from(mailOutbox);
    expect(rows).toHaveLength(15);
    await database().delete(attemptBudgets);
    const mails = await Promise.all(rows.map((row) => composeMail(row)));
    expect(mails.filter((mail) => mail !== null)).toHaveLength(1);
    await database().update(mailOutbox).set({ createdAt: sql`now() - interval '61 s'`, sentAt: sql`now()` });
    await database().delete(mailOutbox).where(sql`${mailOutbox.userId} is null`);
    await requestPasswordReset(anonymous(), user.loginId);
    const [again] = await database().select().from(mailOutbox).where(sql`${mailOutbox.userId} is null`);
    expect(again && (await composeMail(again))).not.toBeNull();
  });

  it("is written in the language of the user, or else of whoever asked", async () => {
    const user = await createTestUser();
    const asking = { ...anonymous(), request: { ip: null, userAgent: null, requestId: null, locale: "es" as const } };
    await requestPasswordReset(asking, user.loginId);
    const [spanish] = await takeOutbox();
    await database().update(users).set({ locale: "en" }).where(eq(users.id, user.id));
    await requestPasswordReset(asking, user.loginId);
    const [english] = await takeOutbox();
    expect(spanish?.html).toContain('lang="es"');
    expect(english?.html).toContain('lang="en"');
  });
});

describe("the verification mail", () => {
  it("verifies the account and sets the first password, without a notice of a change", async () => {
    const user = await createTestUser({ isVerified: false });
    await resendVerification(testContext(), user.id);
    const [mail] = await takeOutbox();
    const { path, link } = linkIn(mail?.text ?? "");
    expect(path).toBe("verify-account");
    expect(await readPasswordLink(anonymous(), "reset", link)).toBeNull();
    await setPasswordByLink(anonymous(), "verify", link, both(NEW));
    expect(await verifySignIn(testContext(), { loginId: user.loginId, password: NEW })).toMatchObject({ ok: true });
    expect(await takeOutbox()).toEqual([]);
    await expect(resendVerification(testContext(), user.id)).rejects.toMatchObject({
      problem: { key: "alreadyVerified" },
    });
  });

  it("may be sent again only after a while, however many ask at once", async () => {
    const user = await createTestUser({ isVerified: false });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => resendVerification(testContext(), user.id)),
    );
    expect(successesIn(outcomes)).toBe(1);
    expect(await rowsOf(user)).toHaveLength(1);
    await expect(resendVerification(testContext(), user.id)).rejects.toMatchObject({
      code: "blocked",
      retryAfterSeconds: expect.any(Number),
    });
    await database().update(mailOutbox).set({ createdAt: sql`now() - interval '61 s'` });
    await resendVerification(testContext(), user.id);
    expect(await rowsOf(user)).toHaveLength(2);
  });

  it("is sent again for the ticket of a refused sign-in, which is good for nothing else", async () => {
    const user = await createTestUser({ isVerified: false, password: OLD });
    await database().update(users).set({ isVerified: false }).where(eq(users.id, user.id));
    const ticket = await resendTicket(anonymous(), user.loginId);
    if (!ticket) throw new Error("no ticket");
    expect(await readPasswordLink(anonymous(), "verify", ticket)).toBeNull();
    expect(await readPasswordLink(anonymous(), "reset", ticket)).toBeNull();
    const stranger = await createTestUser({ isVerified: false });
    await expect(resendByTicket(anonymous(), { ...ticket, userId: stranger.id })).rejects.toMatchObject({
      code: "not-found",
    });
    await resendByTicket(anonymous(), ticket);
    expect((await takeOutbox()).map(({ to }) => to)).toEqual([user.loginId]);
  });

  it("is not sent if the account was disabled or verified while it waited", async () => {
    for (const change of [{ isEnabled: false }, { isVerified: true }]) {
      const user = await createTestUser({ isVerified: false });
      await resendVerification(testContext(), user.id);
      await database().update(users).set(change).where(eq(users.id, user.id));
      expect(await takeOutbox()).toEqual([]);
    }
  });
});
