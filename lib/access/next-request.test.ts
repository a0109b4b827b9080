import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import { bundleEntity } from "@/lib/bundles/entity";
import { deleteBundle } from "@/lib/bundles/service";
import type { Entity } from "@/lib/crud/entity";
import { getRecord } from "@/lib/crud/record";
import { updateRecord } from "@/lib/crud/save";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { groupEntity } from "@/lib/groups/entity";
import { deleteGroup } from "@/lib/groups/service";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
  type TestUser,
} from "@/lib/testing/factories";
import { userEntity } from "@/lib/users/entity";
import { deleteUser } from "@/lib/users/service";

/** Whatever an administrator changes counts from the user's next request on, with the cookie that the user has. */

setUpTestDatabase();

const TOKENS = ["direct", "of-bundle", "of-group", "of-groups-bundle", "new"] as const;
const ALL = TOKENS.filter((token) => token !== "new");

let ids: Record<(typeof TOKENS)[number], string>;
beforeAll(async () => {
  ids = await declareTestPermissions(TOKENS);
});

const change = (entity: Entity, id: string, patch: Record<string, unknown>) =>
  updateRecord(testContext(), entity, id, undefined, patch);

/** Takes everything that a record holds in a relation, and gives it back. */
async function withoutAndWith(
  entity: Entity,
  id: string,
  field: string,
): Promise<[() => Promise<void>, () => Promise<void>]> {
  const { values } = await getRecord(testContext(), entity, id);
  return [() => change(entity, id, { [field]: [] }), () => change(entity, id, { [field]: values[field] })];
}

type Scene = {
  user: TestUser;
  bundle: string;
  group: string;
  groupsBundle: string;
  /** What the cookie opens now; undefined when it opens nothing any more. */
  held: () => Promise<string[] | undefined>;
};

/** Somebody who has one permission by each way, and a cookie from before everything that follows. */
async function scene(): Promise<Scene> {
  const bundle = await createTestBundle({ permissions: ["of-bundle"] });
  const groupsBundle = await createTestBundle({ permissions: ["of-groups-bundle"] });
  const group = await createTestGroup({ permissions: ["of-group"], bundles: [groupsBundle] });
  const user = await createTestUser({ permissions: ["direct"], bundles: [bundle], groups: [group] });
  const { token } = await signedIn(user);
  const held = async () => {
    const principal = await findPrincipal(token);
    return principal ? [...principal.permissions].sort() : undefined;
  };
  expect(await held()).toEqual(ALL);
  return { user, bundle, group, groupsBundle, held };
}

const links: [string, Entity, (scene: Scene) => string, string, (typeof ALL)[number][]][] = [
  ["user and permission", userEntity, ({ user }) => user.id, "permissionIds", ["direct"]],
  ["user and bundle", userEntity, ({ user }) => user.id, "bundleIds", ["of-bundle"]],
  ["user and group", userEntity, ({ user }) => user.id, "groupIds", ["of-group", "of-groups-bundle"]],
  ["group and permission", groupEntity, ({ group }) => group, "permissionIds", ["of-group"]],
  ["group and bundle", groupEntity, ({ group }) => group, "bundleIds", ["of-groups-bundle"]],
  ["own bundle and permission", bundleEntity, ({ bundle }) => bundle, "permissionIds", ["of-bundle"]],
  [
    "bundle of a group and permission",
    bundleEntity,
    ({ groupsBundle }) => groupsBundle,
    "permissionIds",
    ["of-groups-bundle"],
  ],
];

describe("on the next request", () => {
  it.each(links)("the link of %s counts no more, and counts again", async (_, entity, idOf, field, given) => {
    const here = await scene();
    const [takeAway, giveBack] = await withoutAndWith(entity, idOf(here), field);
    await takeAway();
    expect(await here.held()).toEqual(ALL.filter((token) => !given.includes(token)));
    await giveBack();
    expect(await here.held()).toEqual(ALL);
  });

  it.each<[string, (scene: Scene) => Promise<void>]>([
    ["a user", ({ user }) => change(userEntity, user.id, { permissionIds: [ids.direct, ids.new] })],
    [
      "the bundle of a user",
      ({ bundle }) => change(bundleEntity, bundle, { permissionIds: [ids["of-bundle"], ids.new] }),
    ],
    ["the group of a user", ({ group }) => change(groupEntity, group, { permissionIds: [ids["of-group"], ids.new] })],
    [
      "the bundle of the group of a user",
      ({ groupsBundle }) => change(bundleEntity, groupsBundle, { permissionIds: [ids["of-groups-bundle"], ids.new] }),
    ],
  ])("a permission counts that was given to %s", async (_, give) => {
    const here = await scene();
    await give(here);
    expect(await here.held()).toEqual([...ALL, "new"].sort());
  });

  it("a bundle that is edited counts for all who have it through groups, and for nobody else", async () => {
    const bundle = await createTestBundle({ permissions: ["of-groups-bundle"] });
    const groups = [await createTestGroup({ bundles: [bundle] }), await createTestGroup({ bundles: [bundle] })];
    const members = [];
    for (const group of [...groups, groups[0] ?? ""]) {
      members.push(await signedIn(await createTestUser({ groups: [group] })));
    }
    const other = await signedIn(await createTestUser({ permissions: ["direct"] }));
    const heldBy = (cookies: { token: string }[]) =>
      Promise.all(cookies.map(async ({ token }) => [...((await findPrincipal(token))?.permissions ?? [])].sort()));
    await change(bundleEntity, bundle, { permissionIds: [ids.new, ids["of-group"]] });
    expect(await heldBy(members)).toEqual(Array.from({ length: 3 }, () => ["new", "of-group"]));
    await change(bundleEntity, bundle, { permissionIds: [] });
    expect(await heldBy(members)).toEqual([[], [], []]);
    expect(await heldBy([other])).toEqual([["direct"]]);
  });

  it("a group that is deleted counts no more", async () => {
    const { group, held } = await scene();
    await deleteGroup(testContext(), group);
    expect(await held()).toEqual(["direct", "of-bundle"]);
  });

  it("a bundle that is deleted counts no more, whether held directly or through a group", async () => {
    const { bundle, groupsBundle, held } = await scene();
    await deleteBundle(testContext(), bundle);
    expect(await held()).toEqual(["direct", "of-group", "of-groups-bundle"]);
    await deleteBundle(testContext(), groupsBundle);
    expect(await held()).toEqual(["direct", "of-group"]);
  });

  it("a superuser has everything, and without the flag what is granted", async () => {
    await createTestUser({ isSuperuser: true });
    const { user, held } = await scene();
    await change(userEntity, user.id, { isSuperuser: true });
    expect(await held()).toEqual([...TOKENS, "auth-manage"].sort());
    await change(userEntity, user.id, { isSuperuser: false });
    expect(await held()).toEqual(ALL);
  });

  it("a disabled user has nothing, and after being enabled has to sign in again", async () => {
    const { user, held } = await scene();
    await change(userEntity, user.id, { isEnabled: false });
    expect(await held()).toBeUndefined();
    await change(userEntity, user.id, { isEnabled: true });
    expect(await held()).toBeUndefined();
    expect([...(await signedIn(user)).principal.permissions].sort()).toEqual(ALL);
  });

  it("a user has nothing from the date of disabling on", async () => {
    const { user, held } = await scene();
    await change(userEntity, user.id, { disabledAt: "2099-01-01" });
    expect(await held()).toEqual(ALL);
    // Time passes: the date comes to be now.
    await database().update(users).set({ disabledAt: sql`now()` }).where(eq(users.id, user.id));
    expect(await held()).toBeUndefined();
  });

  it("a date of disabling in the past counts at once", async () => {
    const { user, held } = await scene();
    await change(userEntity, user.id, { disabledAt: "2020-01-01" });
    expect(await held()).toBeUndefined();
  });

  it("a user who is deleted is nobody", async () => {
    const { user, held } = await scene();
    await deleteUser(testContext(), user.id);
    expect(await held()).toBeUndefined();
  });
});
