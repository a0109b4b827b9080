import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  permissionIdsOf,
  signedIn,
  uniqueName,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { affectedBy } from "./affected";
import { givenTo } from "./given-to";

setUpTestDatabase();

const UNKNOWN_IDS = ["019b0000-0000-7000-8000-000000000000", "", "x"];

describe("what goes with a deletion", () => {
  it("are the direct links of a group and of a bundle", async () => {
    const bundle = await createTestBundle({ permissions: ["auth-manage"] });
    const group = await createTestGroup({ permissions: ["auth-manage"], bundles: [bundle] });
    await createTestUser({ groups: [group], bundles: [bundle] });
    await createTestUser({ groups: [group] });
    expect(await affectedBy(testContext(), { kind: "group", id: group })).toEqual([
      { key: "members", count: 2 },
      { key: "bundles", count: 1 },
      { key: "permissions", count: 1 },
    ]);
    expect(await affectedBy(testContext(), { kind: "bundle", id: bundle })).toEqual([
      { key: "users", count: 1 },
      { key: "groups", count: 1 },
      { key: "permissions", count: 1 },
    ]);
  });

  it("are the links and the running sessions of a user", async () => {
    const user = await createTestUser({
      permissions: ["auth-manage"],
      groups: [await createTestGroup(), await createTestGroup()],
    });
    await signedIn(await createTestUser());
    for (let n = 0; n < 3; n += 1) await signedIn(user);
    const idle = await signedIn(user);
    const ended = await signedIn(user);
    const change = (id: string, values: object) => database().update(sessions).set(values).where(eq(sessions.id, id));
    await change(idle.principal.sessionId, { lastSeenAt: sql`now() - interval '1 day'` });
    await change(ended.principal.sessionId, { expiresAt: sql`now()` });
    expect(await affectedBy(testContext(), { kind: "user", id: user.id })).toEqual([
      { key: "sessions", count: 3 },
      { key: "groups", count: 2 },
      { key: "permissions", count: 1 },
    ]);
  });

  it("are nothing where nothing hangs on it", async () => {
    expect(await affectedBy(testContext(), { kind: "group", id: await createTestGroup() })).toEqual([]);
  });

  it.each(["user", "group", "bundle"] as const)("end in NotFound for an unknown %s", async (kind) => {
    for (const id of UNKNOWN_IDS) {
      expect(await failureOf(affectedBy(testContext(), { kind, id }))).toMatchObject({ code: "not-found" });
    }
  });
});

describe("what a permission or a bundle is given to", () => {
  it("are the groups and bundles that contain it directly, by name, with their users", async () => {
    const token = uniqueName("permission");
    await declareTestPermissions([token]);
    const [permissionId = ""] = await permissionIdsOf([token]);
    const bundle = await createTestBundle({ name: "Given bundle", permissions: [token] });
    const groups = [
      await createTestGroup({ name: "given b", permissions: [token] }),
      await createTestGroup({ name: "Given A", permissions: [token] }),
    ];
    const outer = await createTestGroup({ name: "Given outer", bundles: [bundle] });
    await createTestUser({ groups: [...groups, outer], bundles: [bundle] });
    await createTestUser({ groups: groups.slice(0, 1) });
    const one = { users: 1, usersIsEstimate: false };
    expect(await givenTo(testContext(), { kind: "permission", id: permissionId })).toEqual({
      groups: [
        { id: groups[1], name: "Given A", ...one },
        { id: groups[0], name: "given b", users: 2, usersIsEstimate: false },
      ],
      bundles: [{ id: bundle, name: "Given bundle", ...one }],
    });
    expect(await givenTo(testContext(), { kind: "bundle", id: bundle })).toEqual({
      groups: [{ id: outer, name: "Given outer", ...one }],
      bundles: [],
    });
  });

  it("counts a crowd only so far", async () => {
    const id = await createTestBundle();
    const crowd = await createTestGroup({ name: "Crowd", bundles: [id] });
    await database().execute(sql`with crowd as (
      insert into users (login_id, login_id_canonical) select 'crowd-' || n, 'crowd-' || n from generate_series(1, 1001) n
      returning id) insert into user_groups (user_id, group_id) select id, ${crowd}::uuid from crowd`);
    expect((await givenTo(testContext(), { kind: "bundle", id })).groups).toEqual([
      { id: crowd, name: "Crowd", users: 1000, usersIsEstimate: true },
    ]);
  });

  it.each(["permission", "bundle"] as const)("ends in NotFound for an unknown %s", async (kind) => {
    for (const id of UNKNOWN_IDS) {
      expect(await failureOf(givenTo(testContext(), { kind, id }))).toMatchObject({ code: "not-found" });
    }
  });
});
