import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { verifyPassword } from "@/lib/auth/password";
import { findPrincipal } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, editedInput, signedIn, type TestUser, userInput } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, everythingStored, storedUser } from "@/lib/testing/records";
import { createUser, getUser, setPassword, updateUser } from "./service";

setUpTestDatabase();

const OLD = "the old password of somebody";
const NEW = "the new password of somebody";

const byVerb = (ctx: Context, user: TestUser, password: string) => setPassword(ctx, user.loginId, password);

async function byForm(ctx: Context, user: TestUser, password: string) {
  const record = await getUser(ctx, user.id);
  await updateUser(ctx, user.id, record.version, editedInput(record, { password, confirm: password }));
}

describe.each([
  ["the verb", byVerb],
  ["the form", byForm],
])("setting a password by %s", (_, set) => {
  it("replaces the old one and verifies the account", async () => {
    const user = await createTestUser({ password: OLD, isVerified: false });
    await set(testContext(), user, NEW);
    expect(await verifySignIn(testContext(), { loginId: user.loginId, password: OLD })).toMatchObject({ ok: false });
    expect(await verifySignIn(testContext(), { loginId: user.loginId, password: NEW })).toMatchObject({ ok: true });
  });

  it("ends every session of the user, and no one else's", async () => {
    const user = await createTestUser();
    const sessions = [await signedIn(user), await signedIn(user)];
    const admin = await signedIn(await createTestUser({ isSuperuser: true }));
    await set(admin.ctx, user, NEW);
    for (const { token } of sessions) expect(await findPrincipal(token)).toBeNull();
    expect(await findPrincipal(admin.token)).not.toBeNull();
  });

  it("keeps the session in which users set their own", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"] });
    const [here, elsewhere] = [await signedIn(user), await signedIn(user)];
    await set(here.ctx, user, NEW);
    expect(await findPrincipal(here.token)).not.toBeNull();
    expect(await findPrincipal(elsewhere.token)).toBeNull();
  });

  it.each([
    ["x".repeat(11), "passwordTooShort"],
    ["x".repeat(1025), "passwordTooLong"],
  ])("refuses %s", async (password, key) => {
    const user = await createTestUser();
    const before = await everythingStored();
    expect(await failureOf(set(testContext(), user, password))).toMatchObject({ fields: { password: { key } } });
    expect(await everythingStored()).toEqual(before);
  });

  it("is audited as such", async () => {
    const user = await createTestUser();
    await set(testContext(), user, NEW);
    expect((await auditOf(user.id)).at(-1)).toMatchObject({
      action: "set-password",
      entityLabel: user.loginId,
      changes: {},
    });
  });
});

describe("setPassword", () => {
  it("finds the user by any spelling", async () => {
    const user = await createTestUser();
    await setPassword(testContext(), ` ${user.loginId.toUpperCase()} `, NEW);
    expect(await verifyPassword((await storedUser(user.id)).passwordHash, NEW)).toBe(true);
  });

  it("says so when there is no such user", async () => {
    expect(await failureOf(setPassword(testContext(), "nobody@example.com", NEW))).toMatchObject({
      code: "not-found",
      problem: { key: "userNotFound" },
    });
  });
});

it("creating, changing and failing leave no secret in the audit trail", async () => {
  const input = userInput({ password: OLD, confirm: OLD });
  const user = { id: await createUser(testContext(), input), loginId: input.loginId };
  const { passwordHash: first } = await storedUser(user.id);
  await byForm(testContext(), user, NEW);
  await byVerb(testContext(), user, OLD);
  await failureOf(createUser(testContext(), { ...input, password: NEW, confirm: NEW }));
  const { passwordHash: last } = await storedUser(user.id);
  const audit = JSON.stringify((await database().execute(sql`select * from audit_events`)).rows);
  expect(audit).toContain(user.loginId);
  for (const secret of [OLD, NEW, "argon2", first, last]) expect(audit).not.toContain(secret);
});
