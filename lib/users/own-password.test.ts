import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, signedIn, type TestUser, type TestUserOptions, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { failuresIn, overtaken, successesIn } from "@/lib/testing/races";
import { auditOf, everythingStored } from "@/lib/testing/records";
import { changeOwnPassword, hasOwnPassword } from "./own-password";
import { setPassword } from "./service";

setUpTestDatabase();

const OLD = "the old sentence of somebody";
const NEW = "the new sentence of somebody";

const input = (password: string, currentPassword = OLD) => ({ currentPassword, password, confirm: password });

const person = async (options: TestUserOptions = {}) => {
  const user = await createTestUser({ password: OLD, ...options });
  return { user, ...(await signedIn(user)) };
};

const opens = async ({ loginId }: TestUser, password: string) =>
  (await verifySignIn(testContext(), { loginId, password })).ok;

describe("changeOwnPassword", () => {
  it.each([
    ["an ordinary user", {}],
    ["a superuser", { isSuperuser: true }],
  ])("lets %s sign in by the new one alone", async (_, options) => {
    const { user, ctx } = await person(options);
    await changeOwnPassword(ctx, input(NEW));
    expect(await opens(user, NEW)).toBe(true);
    expect(await opens(user, OLD)).toBe(false);
    expect((await auditOf(user.id)).at(-1)).toMatchObject({ action: "set-password", actorId: user.id, changes: {} });
  });

  it("takes the current one also by a hash of another system", async () => {
    const { user, ctx } = await person();
    const passwordHash = "pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$mwlIQfpoXA3KEKsemvhAs8s4R5goInEajh8yIqIz5Kg=";
    await database().update(users).set({ passwordHash }).where(eq(users.id, user.id));
    expect(await failureOf(changeOwnPassword(ctx, input(NEW)))).toMatchObject({ fields: { currentPassword: {} } });
    await changeOwnPassword(ctx, input(NEW, "p\u00e4ssw\u00f6rd of old"));
    expect(await opens(user, NEW)).toBe(true);
  });

  it("is not for people of a domain that signs in elsewhere", async () => {
    const user = await createTestUser({ loginId: `${uniqueName("sso")}@corp.example`, password: OLD });
    const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
    const OIDC_PROFILES = JSON.stringify([{ name: "corp", domainFilter: "corp.example", client }]);
    await withEnvironment({ OIDC_PROFILES }, async () => {
      const { ctx } = await signedIn(user);
      expect(await failureOf(changeOwnPassword(ctx, input(NEW)))).toMatchObject({
        fields: { password: { key: "reservedDomain" } },
      });
    });
    expect(await opens(user, OLD)).toBe(true);
  });

  it("ends the other sessions, and this one goes on", async () => {
    const { user, ctx, token } = await person();
    const other = await signedIn(user);
    const foreign = await person();
    await changeOwnPassword(ctx, input(NEW));
    expect(await findPrincipal(token)).not.toBeNull();
    expect(await findPrincipal(other.token)).toBeNull();
    expect(await findPrincipal(foreign.token)).not.toBeNull();
  });

  it.each([
    ["a wrong current password", input(NEW, "some other sentence here"), { currentPassword: "currentPasswordWrong" }],
    ["no current password", input(NEW, ""), { currentPassword: "required" }],
    ["what the policy refuses", input("short"), { password: "passwordTooShort" }],
    ["a confirmation that differs", { ...input(NEW), confirm: `${NEW} ` }, { confirm: "passwordsDiffer" }],
    [
      "all of it at once",
      { currentPassword: NEW, password: "short", confirm: "" },
      { currentPassword: "currentPasswordWrong", password: "passwordTooShort", confirm: "passwordsDiffer" },
    ],
  ])("refuses %s, and writes nothing", async (_, sent, keys) => {
    const { ctx } = await person();
    const before = await everythingStored();
    const fields = Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [name, expect.objectContaining({ key })]),
    );
    expect(await failureOf(changeOwnPassword(ctx, sent))).toMatchObject({ code: "invalid", fields });
    expect(await everythingStored()).toEqual(before);
  });

  it("refuses the own login in it", async () => {
    const { user, ctx } = await person();
    const failure = await failureOf(changeOwnPassword(ctx, input(`my login is ${user.loginId}`)));
    expect(failure).toMatchObject({ fields: { password: { key: "passwordContext" } } });
  });

  it("says so where there is no password to change", async () => {
    const { ctx } = await signedIn(await createTestUser());
    expect(await hasOwnPassword(ctx)).toBe(false);
    expect(await failureOf(changeOwnPassword(ctx, input(NEW, "")))).toMatchObject({
      fields: { currentPassword: { key: "currentPasswordNone" } },
    });
  });

  it("is for signed-in users", async () => {
    expect(await failureOf(changeOwnPassword(testContext(), input(NEW)))).toMatchObject({ code: "forbidden" });
  });

  it("refuses whoever is not active any more", async () => {
    const { user, ctx } = await person();
    await database().update(users).set({ isEnabled: false }).where(eq(users.id, user.id));
    expect(await failureOf(changeOwnPassword(ctx, input(NEW)))).toMatchObject({ code: "forbidden" });
  });
});

describe("when two change it at once", () => {
  it("the current password is good for one of them", async () => {
    const { user, ctx } = await person();
    const wishes = ["the first new sentence", "the second new sentence", "the third new sentence"];
    const outcomes = await Promise.allSettled(wishes.map((wish) => changeOwnPassword(ctx, input(wish))));
    expect(successesIn(outcomes)).toBe(1);
    for (const failure of failuresIn(outcomes)) {
      expect(failure).toMatchObject({ fields: { currentPassword: { key: "currentPasswordWrong" } } });
    }
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(await opens(user, wishes[winner] ?? "")).toBe(true);
  });

  it.each([
    ["an ordinary user", {}],
    ["a superuser", { isSuperuser: true }],
  ])("the password that an administrator set meanwhile stays, for %s", async (_, options) => {
    const { user, ctx } = await person(options);
    const outcome = await overtaken(
      (tx) => setPassword(tx, user.loginId, "what the operator has set"),
      () => changeOwnPassword(ctx, input(NEW)),
    );
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { fields: { currentPassword: { key: "currentPasswordWrong" } } },
    });
    expect(await opens(user, "what the operator has set")).toBe(true);
  });
});
