import { eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn, uniqueName } from "@/lib/testing/factories";
import { takeOutbox } from "@/lib/testing/outbox";
import { confirmLoginChange, readLoginChange, requestLoginChange } from "./login-change";
import { newUser } from "./schema";
import { createUser, getUser, updateUser } from "./service";

setUpTestDatabase();

const newAddress = () => `${uniqueName("new")}@example.com`;

const linkIn = (text = "") => {
  const [, userId = "", token = ""] = /confirm-email\/([^/\s]+)\/(\S+)/.exec(text) ?? [];
  return { userId, token };
};

beforeEach(async () => {
  await database().delete(mailOutbox);
});

describe("changing one's own login", () => {
  it("asks the new address, and tells the old one", async () => {
    const user = await createTestUser();
    const { ctx } = await signedIn(user);
    const address = newAddress();
    await requestLoginChange(ctx, `  ${address.toUpperCase()}`);
    const [question] = await takeOutbox();
    expect(question?.to).toBe(address);
    const link = linkIn(question?.text);
    expect(await readLoginChange(ctx, link)).toBe(address);
    expect((await getUser(ctx, user.id)).loginId).toBe(user.loginId);
    expect(await confirmLoginChange(ctx, link)).toBe(address);
    expect(await getUser(ctx, user.id)).toMatchObject({ loginId: address, isVerified: true });
    const [notice, ...more] = await takeOutbox();
    expect(more).toEqual([]);
    expect(notice?.to).toBe(user.loginId);
    expect(notice?.text).toContain(address);
    await expect(confirmLoginChange(ctx, link)).rejects.toMatchObject({ problem: { key: "linkInvalid" } });
  });

  it("can be confirmed by nobody else, and after signing in anew", async () => {
    const user = await createTestUser();
    const { ctx } = await signedIn(user);
    await requestLoginChange(ctx, newAddress());
    const [question] = await takeOutbox();
    const link = linkIn(question?.text);
    const stranger = await signedIn(await createTestUser());
    expect(await readLoginChange(stranger.ctx, link)).toBeNull();
    await expect(confirmLoginChange(stranger.ctx, link)).rejects.toMatchObject({ code: "not-found" });
    const again = await signedIn(user);
    expect(await readLoginChange(again.ctx, link)).not.toBeNull();
  });

  it("does not tell who has an account, and never takes somebody else's address", async () => {
    const [user, other] = [await createTestUser(), await createTestUser()];
    const { ctx } = await signedIn(user);
    await requestLoginChange(ctx, other.loginId);
    expect(await database().select().from(mailOutbox)).toEqual([]);
    const address = newAddress();
    await requestLoginChange(ctx, address);
    const [question] = await takeOutbox();
    await createUser(testContext(), { ...newUser, loginId: address });
    await expect(confirmLoginChange(ctx, linkIn(question?.text))).rejects.toMatchObject({
      fields: { loginId: { key: "loginIdTaken" } },
    });
    expect((await getUser(ctx, user.id)).loginId).toBe(user.loginId);
  });

  it.each([
    ["not an address", "notAnEmail"],
    ["a@x.org,b@y.org", "notAnEmail"],
    ["a@x.org\nBcc: b@y.org", "notAnEmail"],
  ])("refuses %j", async (typed, key) => {
    const { ctx } = await signedIn(await createTestUser());
    await expect(requestLoginChange(ctx, typed)).rejects.toMatchObject({ fields: { email: { key } } });
  });

  it("refuses the present login, and asks only once in a while", async () => {
    const user = await createTestUser();
    const { ctx } = await signedIn(user);
    await expect(requestLoginChange(ctx, user.loginId.toUpperCase())).rejects.toMatchObject({
      fields: { email: { key: "sameLogin" } },
    });
    await requestLoginChange(ctx, newAddress());
    await expect(requestLoginChange(ctx, newAddress())).rejects.toMatchObject({ code: "blocked" });
    await database().update(mailOutbox).set({ createdAt: sql`now() - interval '61 s'` });
    await requestLoginChange(ctx, newAddress());
  });
});

describe("what others change", () => {
  it("is told to the address that was proven before", async () => {
    const user = await createTestUser({ password: "words that were good enough" });
    const root = testContext();
    const record = await getUser(root, user.id);
    const address = newAddress();
    const input = { ...newUser, loginId: address, isEnabled: true, password: "quite other words than before" };
    await updateUser(root, user.id, record.version, { ...input, confirm: input.password });
    const mails = await takeOutbox();
    expect(mails.map(({ to }) => to)).toEqual([user.loginId, user.loginId]);
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(2);
  });

  it("is told to nobody where the address was never proven, or nothing of the kind was changed", async () => {
    const unproven = await createTestUser({ isVerified: false });
    const proven = await createTestUser();
    for (const [user, loginId] of [
      [unproven, newAddress()],
      [proven, proven.loginId],
    ] as const) {
      const { version } = await getUser(testContext(), user.id);
      await updateUser(testContext(), user.id, version, { ...newUser, loginId, disabledAt: "2099-01-01" });
    }
    expect(await database().select().from(mailOutbox)).toEqual([]);
  });

  it("welcomes a new user only where that was asked for and is needed", async () => {
    const welcome = { ...newUser, sendWelcome: true };
    const password = "quite other words than before";
    const id = await createUser(testContext(), { ...welcome, loginId: newAddress() });
    await createUser(testContext(), { ...newUser, loginId: newAddress() });
    await createUser(testContext(), { ...welcome, loginId: newAddress(), password, confirm: password });
    const rows = await database().select().from(mailOutbox);
    expect(rows.map(({ kind, userId }) => ({ kind, userId }))).toEqual([{ kind: "verify-account", userId: id }]);
    const [row] = await database().select().from(users).where(eq(users.id, id));
    expect((await takeOutbox()).map(({ to }) => to)).toEqual([row?.loginId]);
  });
});
