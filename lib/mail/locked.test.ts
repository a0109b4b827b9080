import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { noRequest } from "@/lib/context";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { times } from "@/lib/testing/attempts";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, uniqueName } from "@/lib/testing/factories";
import { takeOutbox } from "@/lib/testing/outbox";
import { composeMail } from "./compose";
import { queueMails } from "./queue";

/** What the owner of an account is told of its lock, and who is told nothing. */

setUpTestDatabase();

beforeEach(async () => {
  await database().delete(mailOutbox);
  await database().delete(attemptBudgets);
});

const lockOut = (loginId: string) => times(20, { loginId });

describe("a lock on signing in", () => {
  it("is mailed to the stored address of its owner, once", async () => {
    const user = await createTestUser({ loginId: "Ann.Lee@example.com" });
    await lockOut("ANN.LEE@EXAMPLE.COM");
    const [mail, ...more] = await takeOutbox();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: user.loginId, subject: "[Gatehouse] Your account is locked for now" });
    expect(mail?.text).toMatch(/15 failed attempts to sign in to Ann\.Lee@example\.com/);
    expect(mail?.text).toMatch(/for 1 hour/);
    expect(mail?.html).not.toContain("href=");
  });

  it("is told in the language of the owner", async () => {
    const user = await createTestUser();
    await database().update(users).set({ locale: "es" }).where(eq(users.id, user.id));
    await lockOut(user.loginId);
    const [mail] = await takeOutbox();
    expect(mail?.subject).toBe("[Gatehouse] Su cuenta está bloqueada por ahora");
  });

  const directory = {
    LOGIN_AUTHENTICATOR: "ldap",
    LDAP_SERVER_URL: "ldaps://a.test",
    LDAP_DN_FORMAT: "uid={},dc=acme",
  };
  const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
  const provider = { OIDC_PROFILES: JSON.stringify([{ name: "corp", domainFilter: "corp.example", client }]) };

  it.each([
    ["here", {}, /choose a new password with “I forgot my password”/],
    ["here, but links are not mailed", { EMAIL_ENABLED: "false" }, /ask an administrator to lift the lock/],
    ["in a directory", directory, /try again when that time is over\.\n/],
    ["at a provider that claims the domain", provider, /try again when that time is over\.\n/],
  ])("is told with what helps where the password is kept: %s", async (_, variables, remedy) => {
    const { loginId } = await createTestUser({ loginId: `${uniqueName("sso")}@corp.example` });
    await lockOut(loginId);
    await withEnvironment(variables, async () => {
      const [mail] = await takeOutbox();
      expect(mail?.text).toMatch(remedy);
    });
  });

  it("is told no more when the account was closed before the mail was taken", async () => {
    const { id, loginId } = await createTestUser();
    await lockOut(loginId);
    const [asked] = await database().select().from(mailOutbox);
    if (!asked) throw new Error("no mail");
    expect(await composeMail(asked)).toMatchObject({ to: loginId });
    await database().update(users).set({ isEnabled: false }).where(eq(users.id, id));
    expect(await takeOutbox()).toEqual([]);
  });

  it("is never told in the language of whoever made the guesses", async () => {
    const { loginId } = await createTestUser();
    const guesser = { ...noRequest, locale: "es" as const };
    await queueMails({ ...testContext(), request: guesser }, [{ kind: "account-locked", loginId }]);
    expect((await takeOutbox()).map(({ subject }) => subject)).toEqual(["[Gatehouse] Your account is locked for now"]);
  });

  it("is told to nobody where there is no such account", async () => {
    await lockOut("nobody@example.com");
    expect(await database().$count(mailOutbox)).toBe(1);
    expect(await takeOutbox()).toEqual([]);
  });

  it.each([
    ["disabled", { isEnabled: false }],
    ["not verified", { isVerified: false }],
  ])("is told to nobody whose account is %s", async (_, state) => {
    const user = await createTestUser(state);
    await lockOut(user.loginId);
    expect(await takeOutbox()).toEqual([]);
  });
});
