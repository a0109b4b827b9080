import { eq, like } from "drizzle-orm";
import { expect, it } from "vitest";
import { syncGroups } from "@/lib/auth/synced-groups";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestBundle, createTestGroup, createTestUser, declareTestPermissions } from "@/lib/testing/factories";
import { collected } from "@/lib/testing/streams";
import { importUsers } from "@/lib/users/import/import-users";
import { deleteUser, getUser } from "@/lib/users/service";
import { exportUsers } from "./export-users";

setUpTestDatabase();

const HASH = "$2b$04$DpSX.oeMqD35OeAhrMkyJeBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe";

const exported = async (options = {}) => Buffer.concat(await collected(exportUsers(testContext(), options))).toString();

async function* asFile(text: string) {
  yield Buffer.from(text);
}

async function everybody() {
  const rows = await database()
    .select({ id: users.id })
    .from(users)
    .where(like(users.loginIdCanonical, "%@round.example"));
  const all = await Promise.all(rows.map(({ id }) => getUser(testContext(), id)));
  return all
    .map(({ id, createdAt, updatedAt, lastLoginAt, ...user }) => ({
      ...user,
      ...{ groupIds: user.groupIds.sort(), bundleIds: user.bundleIds.sort(), permissionIds: user.permissionIds.sort() },
    }))
    .sort((a, b) => (a.loginId < b.loginId ? -1 : 1));
}

it("what is exported is imported again as it was", async () => {
  await declareTestPermissions(["reports-read", "reports-write"]);
  const groups = [
    await createTestGroup({ name: "St|aff; =1" }),
    await createTestGroup({ name: "'=Guests" }),
    await createTestGroup({ name: "x;'=1 \\" }),
  ];
  const bundles = [await createTestBundle({ name: '-"Bundle", a' })];
  const names = ["ann", "=bob", "'=eve", "-dan", "o'neil", "+'=x"];
  for (const [index, name] of names.entries()) {
    const { id } = await createTestUser({
      loginId: `${name}@Round.example`,
      isEnabled: index % 2 === 0,
      isVerified: index % 3 === 0,
      isSuperuser: index === 4,
      groups: groups.slice(index % 3),
      bundles: index === 1 ? bundles : [],
      permissions: index === 2 ? ["reports-read", "reports-write"] : [],
      ...(index === 3 && { disabledAt: new Date("2031-05-06T07:08:09Z") }),
    });
    const own = { passwordHash: index === 0 ? HASH : null, locale: index === 0 ? "es" : null };
    await database().update(users).set(own).where(eq(users.id, id));
  }
  const before = await everybody();
  expect(before).toHaveLength(names.length);
  const file = await exported({ withPasswordHashes: true });
  expect(file).toContain("\r\n'=bob@Round.example,");
  expect(await importUsers(testContext(), asFile(file), { allowPrivileges: true })).toMatchObject({ created: 0 });

  const all = await database().select({ id: users.id }).from(users);
  await createTestUser({ loginId: "boss@example.com", isSuperuser: true });
  for (const { id } of all) await deleteUser(testContext(), id);
  const summary = await importUsers(testContext(), asFile(file), { allowPrivileges: true });
  expect(summary).toEqual({ created: names.length, alreadyThere: 0, refused: 0 });
  expect(await everybody()).toEqual(before);
});

it("hashes are in it only where they are asked for", async () => {
  const { id } = await createTestUser();
  await database().update(users).set({ passwordHash: HASH }).where(eq(users.id, id));
  const file = await exported();
  expect(file.split("\r\n")[0]).toBe(
    "\ufeffloginId,isEnabled,isVerified,disabledAt,locale,isSuperuser,groups,bundles,permissions",
  );
  expect(file).not.toContain("$2b$");
  expect(await exported({ withPasswordHashes: true })).toContain(HASH);
});

it("groups that a directory has put somebody into are not in it", async () => {
  await createTestGroup({ name: "From the directory" });
  const user = await createTestUser();
  await syncGroups(testContext(), user, "ldap", ["From the directory"]);
  expect(await exported()).not.toContain("From the directory");
});

it("tells how many there were", async () => {
  let told = 0;
  await exported({ onBatch: (batch: number) => (told += batch) });
  expect(told).toBe(await database().$count(users));
});
