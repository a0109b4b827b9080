import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, signedIn, type TestUser, uniqueName, userInput } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { takeOutbox } from "@/lib/testing/outbox";
import { answer, startRecorder } from "@/lib/testing/recorder";
import { storedUser } from "@/lib/testing/records";
import { confirmLoginChange, readLoginChange, requestLoginChange } from "./login-change";
import { changeOwnPassword, hasOwnPassword } from "./own-password";
import {
  type PasswordLinkPurpose,
  readPasswordLink,
  requestPasswordReset,
  resendByTicket,
  resendTicket,
  resendVerification,
  setPasswordByLink,
} from "./password-links";
import { createUser } from "./service";

/** Where a directory knows the passwords, none is set, mailed about or looked at here. */

setUpTestDatabase();

const OLD = "the old words of this user";
const NEW = "quite other words than before";

const directoryMode = {
  LOGIN_AUTHENTICATOR: "ldap",
  LDAP_SERVER_URL: "ldap://127.0.0.1:1",
  LDAP_DN_FORMAT: "mail={},dc=example,dc=org",
};
const withDirectory = <T>(work: () => Promise<T>) => withEnvironment(directoryMode, work);

const anonymous = () => testContext({ kind: "system" });
const queued = (user: TestUser) => database().select().from(mailOutbox).where(eq(mailOutbox.userId, user.id));

/** The link in the one mail that has been asked for. */
async function mailedLink() {
  const [mail] = await takeOutbox();
  const [, userId = "", token = ""] = /\/([0-9a-f-]{36})\/([\w.-]+)/.exec(mail?.text ?? "") ?? [];
  expect(token).not.toBe("");
  return { userId, token };
}

beforeEach(async () => {
  await database().delete(mailOutbox);
});

it("a password that is stored here from before opens nothing", async () => {
  const { loginId } = await createTestUser({ password: OLD });
  const refusing = await startRecorder({ onData: (socket, chunk) => void socket.write(answer(chunk, "bind", 49)) });
  const settings = { ...directoryMode, LDAP_SERVER_URL: `ldap://127.0.0.1:${refusing.port}` };
  const outcome = withEnvironment(settings, () => verifySignIn(anonymous(), { loginId, password: OLD }));
  expect(await outcome.finally(() => refusing.close())).toEqual({ ok: false, reason: "invalid" });
  expect(await verifySignIn(anonymous(), { loginId, password: OLD })).toMatchObject({ ok: true });
});

describe("a forgotten password", () => {
  it("is answered like any other, and no mail is written", async () => {
    const user = await createTestUser({ password: OLD });
    await withDirectory(async () => {
      for (const email of [user.loginId, `${uniqueName("nobody")}@example.com`]) {
        expect(await requestPasswordReset(anonymous(), email)).toBeUndefined();
      }
      expect(await takeOutbox()).toEqual([]);
    });
  });

  it("whose mail waited since before is not written about any more", async () => {
    const user = await createTestUser({ password: OLD });
    await requestPasswordReset(anonymous(), user.loginId);
    expect(await withDirectory(takeOutbox)).toEqual([]);
  });
});

describe("a link from before", () => {
  const purposes: [PasswordLinkPurpose, boolean, (user: TestUser) => Promise<unknown>][] = [
    ["reset", true, ({ loginId }) => requestPasswordReset(anonymous(), loginId)],
    ["verify", false, ({ id }) => resendVerification(anonymous(), id)],
  ];

  it.each(purposes)("to %s sets no password", async (purpose, isVerified, request) => {
    const user = await createTestUser({ isVerified });
    await request(user);
    const link = await mailedLink();
    expect(await readPasswordLink(anonymous(), purpose, link)).not.toBeNull();
    await withDirectory(async () => {
      expect(await readPasswordLink(anonymous(), purpose, link)).toBeNull();
      const setting = setPasswordByLink(anonymous(), purpose, link, { password: NEW, confirm: NEW });
      expect(await failureOf(setting)).toMatchObject({ code: "not-found", problem: { key: "linkInvalid" } });
    });
    expect(await storedUser(user.id)).toMatchObject({ passwordHash: null, isVerified });
  });

  it("to confirm a new address changes no login", async () => {
    const user = await createTestUser();
    const { ctx } = await signedIn(user);
    await requestLoginChange(ctx, `${uniqueName("new")}@example.com`);
    const link = await mailedLink();
    await withDirectory(async () => {
      const again = await signedIn(user);
      expect(await readLoginChange(again.ctx, link)).toBeNull();
      expect(await failureOf(confirmLoginChange(again.ctx, link))).toMatchObject({ code: "not-found" });
    });
    expect(await storedUser(user.id)).toMatchObject({ loginId: user.loginId });
  });
});

describe("a verification mail", () => {
  it("is not sent again", async () => {
    const user = await createTestUser({ isVerified: false });
    await withDirectory(async () => {
      const refusal = { code: "forbidden", problem: { key: "reservedDomain" } };
      expect(await failureOf(resendVerification(testContext(), user.id))).toMatchObject(refusal);
      const ticket = await resendTicket(anonymous(), user.loginId);
      expect(ticket).toBeDefined();
      if (ticket) expect(await failureOf(resendByTicket(anonymous(), ticket))).toMatchObject(refusal);
      expect(await queued(user)).toEqual([]);
    });
  });

  it("does not welcome a new user, whatever the form says", async () => {
    await withDirectory(async () => {
      const loginId = `${uniqueName("new")}@example.com`;
      const input = { ...userInput({ loginId }), sendWelcome: true };
      const id = await createUser(testContext(), input);
      expect(await queued({ id, loginId })).toEqual([]);
    });
  });
});

describe("one's own", () => {
  it("password cannot be changed, even by whoever has one here from before", async () => {
    const user = await createTestUser({ password: OLD });
    const { passwordHash } = await storedUser(user.id);
    await withDirectory(async () => {
      const { ctx } = await signedIn(user);
      expect(await hasOwnPassword(ctx)).toBe(false);
      const change = changeOwnPassword(ctx, { currentPassword: OLD, password: NEW, confirm: NEW });
      expect(await failureOf(change)).toMatchObject({ fields: { password: { key: "reservedDomain" } } });
    });
    expect(await storedUser(user.id)).toMatchObject({ passwordHash });
  });

  it("login cannot be changed", async () => {
    const user = await createTestUser();
    await withDirectory(async () => {
      const { ctx } = await signedIn(user);
      const change = requestLoginChange(ctx, `${uniqueName("new")}@example.com`);
      expect(await failureOf(change)).toMatchObject({ fields: { email: { key: "reservedDomain" } } });
      expect(await queued(user)).toEqual([]);
    });
  });
});
