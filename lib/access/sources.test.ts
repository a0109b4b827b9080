import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { permissions, userPermissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { permissions as declared } from "@/lib/permissions";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
  uniqueName,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import type { Source } from "./source";
import { permissionSources } from "./sources";

setUpTestDatabase();

const TOKENS = ["report.read", "report.write"] as const;

let ids: Record<(typeof TOKENS)[number], string>;
beforeAll(async () => {
  ids = await declareTestPermissions(TOKENS);
});

const sourcesByToken = async (userId: string, ctx = testContext()) =>
  Object.fromEntries((await permissionSources(ctx, userId)).map(({ token, sources }) => [token, sources]));

/** A bundle and a group that give `report.read`, and a group that gives it by the bundle. */
async function givers() {
  const bundle = { name: uniqueName("bundle") };
  const group = { name: uniqueName("group") };
  const outer = { name: uniqueName("outer") };
  const bundleId = await createTestBundle({ ...bundle, permissions: ["report.read"] });
  const groupId = await createTestGroup({ ...group, permissions: ["report.read"] });
  const outerId = await createTestGroup({ ...outer, bundles: [bundleId] });
  return {
    bundle: { id: bundleId, ...bundle },
    group: { id: groupId, ...group },
    outer: { id: outerId, ...outer },
  };
}

describe("permissionSources", () => {
  it("names every way in which one permission is held, in a stable order", async () => {
    const { bundle, group, outer } = await givers();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          direct: fc.boolean(),
          own: fc.boolean(),
          member: fc.boolean(),
          outer: fc.boolean(),
          isSuperuser: fc.boolean(),
        }),
        async (has) => {
          const user = await createTestUser({
            permissions: has.direct ? ["report.read"] : [],
            bundles: has.own ? [bundle.id] : [],
            groups: [...(has.member ? [group.id] : []), ...(has.outer ? [outer.id] : [])],
            isSuperuser: has.isSuperuser,
          });
          const expected: Source[] = [
            ...(has.direct ? [{ kind: "direct" } as const] : []),
            ...(has.own ? [{ kind: "bundle", bundle } as const] : []),
            ...(has.member ? [{ kind: "group", group } as const] : []),
            ...(has.outer ? [{ kind: "groupBundle", group: outer, bundle } as const] : []),
            ...(has.isSuperuser ? [{ kind: "superuser" } as const] : []),
          ];
          expect((await sourcesByToken(user.id))["report.read"] ?? []).toEqual(expected);
        },
      ),
      // All 32 combinations, most likely, and the one that has everything for certain.
      { numRuns: 60, examples: [[{ direct: true, own: true, member: true, outer: true, isSuperuser: true }]] },
    );
  });

  it("lists permissions by token, with id and description", async () => {
    const user = await createTestUser({ permissions: ["report.write", "auth-manage", "report.read"] });
    const entries = await permissionSources(testContext(), user.id);
    expect(entries.map(({ token }) => token)).toEqual(["auth-manage", "report.read", "report.write"]);
    const [row] = await database().select().from(permissions).where(eq(permissions.token, "report.read"));
    expect(entries[1]).toEqual({
      id: ids["report.read"],
      token: "report.read",
      description: row?.description,
      sources: [{ kind: "direct" }],
    });
  });

  it("sorts several groups and bundles by name, without regard to case", async () => {
    const names = ["b-sorted", "A-sorted", "c-sorted"];
    const groups = await Promise.all(names.map((name) => createTestGroup({ name, permissions: ["report.read"] })));
    const user = await createTestUser({ groups });
    const { "report.read": sources = [] } = await sourcesByToken(user.id);
    expect(sources.map((source) => "group" in source && source.group.name)).toEqual([
      "A-sorted",
      "b-sorted",
      "c-sorted",
    ]);
  });

  it("of a superuser are all permissions, also for one who asks about themselves", async () => {
    const user = await createTestUser({ isSuperuser: true, permissions: ["report.read"] });
    const expected = {
      ...Object.fromEntries(Object.keys(declared).map((token) => [token, [{ kind: "superuser" }]])),
      "report.read": [{ kind: "direct" }, { kind: "superuser" }],
      "report.write": [{ kind: "superuser" }],
    };
    expect(await sourcesByToken(user.id)).toEqual(expected);
    expect(await sourcesByToken(user.id, (await signedIn(user)).ctx)).toEqual(expected);
  });

  it("do not tell others who is a superuser", async () => {
    const clerk = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const superuser = await createTestUser({ isSuperuser: true, permissions: ["report.read"] });
    expect(await sourcesByToken(superuser.id, clerk.ctx)).toEqual({ "report.read": [{ kind: "direct" }] });
    const plain = await createTestUser({ isSuperuser: true });
    expect(await permissionSources(clerk.ctx, plain.id)).toEqual([]);
  });

  it("are none for a user without anything, and take nothing from others", async () => {
    const other = await createTestUser();
    await database().insert(userPermissions).values({ userId: other.id, permissionId: ids["report.write"] });
    expect(await permissionSources(testContext(), (await createTestUser()).id)).toEqual([]);
  });

  it("include those of a user who is not active", async () => {
    const user = await createTestUser({ permissions: ["report.read"] });
    await database().update(users).set({ isEnabled: false }).where(eq(users.id, user.id));
    expect(await sourcesByToken(user.id)).toEqual({ "report.read": [{ kind: "direct" }] });
  });

  it.each(["019b0000-0000-7000-8000-000000000000", "", "1", "' or true --"])("end in NotFound for %j", async (id) => {
    expect(await failureOf(permissionSources(testContext(), id))).toMatchObject({ code: "not-found" });
  });
});
