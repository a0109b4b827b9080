import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn, type TestUser, type TestUserOptions } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { takeOutbox } from "@/lib/testing/outbox";
import { auditOf, storedUser } from "@/lib/testing/records";
import { verifyPassword } from "./password";
import { findPrincipal, startSession } from "./session";
import { verifySignIn } from "./sign-in";

/** Users who came from another system, at their first sign-in here. */

setUpTestDatabase();

const PASSWORD = "p\u00e4ssw\u00f6rd of old";
const OLD = "pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$mwlIQfpoXA3KEKsemvhAs8s4R5goInEajh8yIqIz5Kg=";

async function importedUser(options: TestUserOptions = {}): Promise<TestUser> {
  const user = await createTestUser(options);
  await database().update(users).set({ passwordHash: OLD }).where(eq(users.id, user.id));
  return user;
}

async function proved({ loginId }: TestUser) {
  const outcome = await verifySignIn(testContext({ kind: "system" }), { loginId, password: PASSWORD });
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.user;
}

const start = (user: Awaited<ReturnType<typeof proved>>) =>
  startSession(testContext({ kind: "system" }), user, "password");

it("the hash becomes today's when the session starts, and nothing else happens to the account", async () => {
  const user = await importedUser();
  const before = await storedUser(user.id);
  const other = await signedIn(user);
  const proof = await proved(user);
  expect((await storedUser(user.id)).passwordHash).toBe(OLD);
  await start(proof);
  const after = await storedUser(user.id);
  expect(after.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(after.passwordHash, PASSWORD)).toBe(true);
  expect({ version: after.version, updatedAt: after.updatedAt }).toEqual({
    version: before.version,
    updatedAt: before.updatedAt,
  });
  expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(["create", "sign-in", "sign-in"]);
  expect(await findPrincipal(other.token)).not.toBeNull();
  expect(await takeOutbox()).toEqual([]);
  // From now on it stays.
  await start(await proved(user));
  expect((await storedUser(user.id)).passwordHash).toBe(after.passwordHash);
});

it.each<[string, TestUserOptions]>([
  ["unverified", { isVerified: false }],
  ["disabled", { isEnabled: false }],
])("a refused sign-in of an %s account leaves it", async (reason, options) => {
  const user = await importedUser(options);
  await expect(proved(user)).rejects.toThrow(reason);
  expect((await storedUser(user.id)).passwordHash).toBe(OLD);
});

it("a session that does not start leaves it", async () => {
  const user = await importedUser();
  const proof = await proved(user);
  await database().update(users).set({ isEnabled: false }).where(eq(users.id, user.id));
  expect(await failureOf(start(proof))).toMatchObject({ code: "forbidden" });
  expect((await storedUser(user.id)).passwordHash).toBe(OLD);
});

it("two sign-ins at once both succeed", async () => {
  const user = await importedUser();
  const [one, other] = await Promise.all([proved(user), proved(user)]);
  expect(await findPrincipal(await start(one))).not.toBeNull();
  expect(await findPrincipal(await start(other))).not.toBeNull();
});

it("a password that was changed in the meantime is not put back", async () => {
  const user = await importedUser();
  const proof = await proved(user);
  await database().update(users).set({ passwordHash: "another" }).where(eq(users.id, user.id));
  expect(await failureOf(start(proof))).toMatchObject({ code: "forbidden" });
  expect((await storedUser(user.id)).passwordHash).toBe("another");
});
