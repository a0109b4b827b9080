import { eq, inArray } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import * as access from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { permissions } from "@/lib/permissions";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
} from "@/lib/testing/factories";
import { effectivePermissions } from "./effective-permissions";
import { findPrincipal } from "./session";

setUpTestDatabase();

const TOKENS = ["direct", "in-bundle", "in-group", "in-groups-bundle", "nobodys"] as const;

let ids: Record<(typeof TOKENS)[number], string>;
beforeAll(async () => {
  ids = await declareTestPermissions(TOKENS);
});

async function heldBy(token: string): Promise<string[] | undefined> {
  const principal = await findPrincipal(token);
  return principal ? [...principal.permissions].sort() : undefined;
}

/** One user who has a permission by each of the four paths. */
async function onAllPaths() {
  const bundle = await createTestBundle({ permissions: ["in-bundle"] });
  const groupsBundle = await createTestBundle({ permissions: ["in-groups-bundle"] });
  const group = await createTestGroup({ permissions: ["in-group"], bundles: [groupsBundle] });
  const user = await createTestUser({ permissions: ["direct"], bundles: [bundle], groups: [group] });
  return { bundle, groupsBundle, group, user, ...(await signedIn(user)) };
}

type Scene = Awaited<ReturnType<typeof onAllPaths>>;

const ALL = ["direct", "in-bundle", "in-group", "in-groups-bundle"];

describe("effective permissions", () => {
  it("are the union of the four paths, and nothing of anybody else", async () => {
    const other = await onAllPaths();
    await database().insert(access.userPermissions).values({ userId: other.user.id, permissionId: ids.nobodys });
    const { token } = await onAllPaths();
    expect(await heldBy(token)).toEqual(ALL);
  });

  it("name a permission once that is held by every path", async () => {
    const bundle = await createTestBundle({ permissions: ["direct"] });
    const groups = [
      await createTestGroup({ permissions: ["direct"], bundles: [bundle] }),
      await createTestGroup({ permissions: ["direct"], bundles: [bundle] }),
    ];
    const user = await createTestUser({ permissions: ["direct"], bundles: [bundle], groups });
    const { principal } = await signedIn(user);
    const [row] = await database()
      .select({ tokens: effectivePermissions(users.id) })
      .from(users)
      .where(eq(users.id, user.id));
    expect(row?.tokens).toEqual(["direct"]);
    expect([...principal.permissions]).toEqual(["direct"]);
  });

  it("of a superuser are all that there are, and only as long as the flag is set", async () => {
    const user = await createTestUser({ isSuperuser: true });
    const { token } = await signedIn(user);
    expect(await heldBy(token)).toEqual([...TOKENS, ...Object.keys(permissions)].sort());
    await database().update(users).set({ isSuperuser: false }).where(eq(users.id, user.id));
    expect(await heldBy(token)).toEqual([]);
  });

  it("of a user without anything are none", async () => {
    const { principal } = await signedIn(await createTestUser());
    expect(principal.permissions).toEqual(new Set());
  });
});

/** Every link that can go, and what is left on the next request. */
const losses: [string, (scene: Scene) => Promise<unknown>, string[]][] = [
  [
    "the direct grant",
    ({ user }) => database().delete(access.userPermissions).where(eq(access.userPermissions.userId, user.id)),
    ["in-bundle", "in-group", "in-groups-bundle"],
  ],
  [
    "the bundle of the user",
    ({ user }) => database().delete(access.userBundles).where(eq(access.userBundles.userId, user.id)),
    ["direct", "in-group", "in-groups-bundle"],
  ],
  [
    "the permission in the bundle",
    ({ bundle }) => database().delete(access.bundlePermissions).where(eq(access.bundlePermissions.bundleId, bundle)),
    ["direct", "in-group", "in-groups-bundle"],
  ],
  [
    "the bundle itself",
    ({ bundle }) => database().delete(access.bundles).where(eq(access.bundles.id, bundle)),
    ["direct", "in-group", "in-groups-bundle"],
  ],
  [
    "the membership in the group",
    ({ user }) => database().delete(access.userGroups).where(eq(access.userGroups.userId, user.id)),
    ["direct", "in-bundle"],
  ],
  [
    "the group itself",
    ({ group }) => database().delete(access.groups).where(eq(access.groups.id, group)),
    ["direct", "in-bundle"],
  ],
  [
    "the permission of the group",
    ({ group }) => database().delete(access.groupPermissions).where(eq(access.groupPermissions.groupId, group)),
    ["direct", "in-bundle", "in-groups-bundle"],
  ],
  [
    "the bundle of the group",
    ({ group }) => database().delete(access.groupBundles).where(eq(access.groupBundles.groupId, group)),
    ["direct", "in-bundle", "in-group"],
  ],
  [
    "both bundles",
    ({ bundle, groupsBundle }) =>
      database()
        .delete(access.bundles)
        .where(inArray(access.bundles.id, [bundle, groupsBundle])),
    ["direct", "in-group"],
  ],
];

describe("on the next request after losing", () => {
  it.each(losses)("%s", async (_, lose, left) => {
    const scene = await onAllPaths();
    expect(await heldBy(scene.token)).toEqual(ALL);
    await lose(scene);
    expect(await heldBy(scene.token)).toEqual(left);
  });

  it("a grant: it is there on the next request too", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await database().insert(access.userPermissions).values({ userId: user.id, permissionId: ids.direct });
    expect(await heldBy(token)).toEqual(["direct"]);
  });
});
