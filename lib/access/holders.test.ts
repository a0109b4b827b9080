import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { effectivePermissions } from "@/lib/auth/effective-permissions";
import { database } from "@/lib/db/client";
import { userGroups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
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
import { type Holder, holdersOf } from "./holders";
import type { Target } from "./source";
import { permissionSources } from "./sources";

setUpTestDatabase();

const UNKNOWN = "019b0000-0000-7000-8000-000000000000";

const whole = { q: "", page: 1, size: 100 };

async function holders(target: Target, query = {}, ctx = testContext()): Promise<Holder[]> {
  return (await holdersOf(ctx, target, { ...whole, ...query })).items;
}

const logins = (found: Holder[]) => found.map(({ loginId }) => loginId);

async function declare(): Promise<{ token: string; target: Target }> {
  const token = uniqueName("permission");
  const { [token]: id = "" } = await declareTestPermissions([token]);
  return { token, target: { kind: "permission", id } };
}

describe("the holders of a permission", () => {
  it("come by login id with every source, and nobody else does", async () => {
    const { token, target } = await declare();
    const bundle = { name: uniqueName("bundle") };
    const bundleId = await createTestBundle({ ...bundle, permissions: [token] });
    const both = { name: uniqueName("both") };
    const bothId = await createTestGroup({ ...both, permissions: [token], bundles: [bundleId] });
    const named = { bundle: { id: bundleId, ...bundle }, group: { id: bothId, ...both } };
    await createTestUser({
      loginId: "Bea@many-sources.example",
      permissions: [token],
      bundles: [bundleId],
      groups: [bothId],
    });
    await createTestUser({ loginId: "abe@many-sources.example", bundles: [bundleId] });
    await createTestUser({ loginId: "cy@many-sources.example", groups: [bothId] });
    await createTestUser({ loginId: "dan@many-sources.example" });
    expect((await holders(target)).map(({ loginId, sources }) => ({ loginId, sources }))).toEqual([
      { loginId: "abe@many-sources.example", sources: [{ kind: "bundle", bundle: named.bundle }] },
      {
        loginId: "Bea@many-sources.example",
        sources: [
          { kind: "direct" },
          { kind: "bundle", bundle: named.bundle },
          { kind: "group", group: named.group },
          { kind: "groupBundle", ...named },
        ],
      },
      {
        loginId: "cy@many-sources.example",
        sources: [
          { kind: "group", group: named.group },
          { kind: "groupBundle", ...named },
        ],
      },
    ]);
  });

  it("say who is not active", async () => {
    const { token, target } = await declare();
    const make = (name: string, options: object) =>
      createTestUser({ loginId: `${name}@state.example`, permissions: [token], ...options });
    await make("active", {});
    await make("disabled", { isEnabled: false });
    await make("expired", { disabledAt: new Date(Date.now() - 60_000) });
    await make("later", { disabledAt: new Date(Date.now() + 3_600_000) });
    await make("unverified", { isVerified: false });
    const inactive = async () => logins((await holders(target)).filter(({ isActive }) => !isActive));
    expect(await inactive()).toEqual(["disabled@state.example", "expired@state.example", "unverified@state.example"]);
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      expect(await inactive()).toEqual(["disabled@state.example", "expired@state.example"]);
    });
  });

  it("include superusers only for those who may know them", async () => {
    const { token, target } = await declare();
    const superuser = await createTestUser({ loginId: "root@visible.example", isSuperuser: true });
    await createTestUser({ loginId: "also@visible.example", isSuperuser: true, permissions: [token] });
    const all = {
      "also@visible.example": [{ kind: "direct" }, { kind: "superuser" }],
      "root@visible.example": [{ kind: "superuser" }],
    };
    const seenBy = async (ctx = testContext()) =>
      Object.fromEntries((await holders(target, { q: "@visible." }, ctx)).map((user) => [user.loginId, user.sources]));
    expect(await seenBy()).toEqual(all);
    expect(await seenBy((await signedIn(superuser)).ctx)).toEqual(all);
    const clerk = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    expect(await seenBy(clerk.ctx)).toEqual({ "also@visible.example": [{ kind: "direct" }] });
    expect(await holdersOf(clerk.ctx, target, whole)).toMatchObject({ total: 1, totalIsEstimate: false });
  });
});

describe("the holders of a bundle", () => {
  it("have it directly, by a group, or both", async () => {
    const id = await createTestBundle();
    const name = uniqueName("group");
    const group = await createTestGroup({ name, bundles: [id] });
    await createTestUser({ loginId: "own@bundle.example", bundles: [id] });
    await createTestUser({ loginId: "both@bundle.example", bundles: [id], groups: [group] });
    await createTestUser({ loginId: "member@bundle.example", groups: [group] });
    await createTestUser({ isSuperuser: true });
    const byGroup = { kind: "group", group: { id: group, name } };
    expect((await holders({ kind: "bundle", id })).map(({ loginId, sources }) => [loginId, sources])).toEqual([
      ["both@bundle.example", [{ kind: "direct" }, byGroup]],
      ["member@bundle.example", [byGroup]],
      ["own@bundle.example", [{ kind: "direct" }]],
    ]);
  });
});

describe("the holders of a group", () => {
  it("are its members", async () => {
    const id = await createTestGroup();
    await createTestUser({ loginId: "in@group.example", groups: [id] });
    await createTestUser({ groups: [await createTestGroup()] });
    expect(await holders({ kind: "group", id })).toMatchObject([
      { loginId: "in@group.example", isActive: true, sources: [{ kind: "direct" }] },
    ]);
  });
});

describe("pages and search", () => {
  const SIZE = 47;
  let target: Target;
  beforeAll(async () => {
    const id = await createTestGroup();
    target = { kind: "group", id };
    const added = await database()
      .insert(users)
      .values(
        Array.from({ length: SIZE }, (_, n) => `Page_${n}@100%.example`).map((loginId) => ({
          loginId,
          loginIdCanonical: loginId.toLowerCase(),
        })),
      )
      .returning({ id: users.id });
    await database()
      .insert(userGroups)
      .values(added.map((user) => ({ userId: user.id, groupId: id })));
  });

  it.each([1, 10, 46, 47, 100])("of %i show everybody once, in order", async (size) => {
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(SIZE / size) + 1; page += 1) {
      seen.push(...logins(await holders(target, { page, size })));
    }
    expect(seen).toHaveLength(SIZE);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  it("count what matches, whatever the page", async () => {
    expect(await holdersOf(testContext(), target, { q: "", page: 9, size: 25 })).toEqual({
      items: [],
      total: SIZE,
      totalIsEstimate: false,
    });
    expect(await holdersOf(testContext(), target, { q: "PAGE_4", page: 1, size: 5 })).toMatchObject({ total: 8 });
  });

  it.each([
    ["page_46", ["Page_46@100%.example"]],
    ["e_46", ["Page_46@100%.example"]],
    ["page%46", []],
    ["46@100%", ["Page_46@100%.example"]],
    ["\\", []],
    ["somebody else", []],
  ])("find %j literally, in the canonical form", async (q, expected) => {
    expect(logins(await holders(target, { q }))).toEqual(expected);
  });
});

describe("an unknown target", () => {
  it.each(["permission", "bundle", "group"] as const)("%s ends in NotFound", async (kind) => {
    for (const id of [UNKNOWN, "", "x", "' or true --"]) {
      expect(await failureOf(holdersOf(testContext(), { kind, id }, whole))).toMatchObject({ code: "not-found" });
    }
  });
});

/** For each of a few records, which of a few others it holds. */
const links = (from: number, to: number) =>
  fc.array(
    fc.subarray(
      Array.from({ length: to }, (_, n) => n),
      { maxLength: 3 },
    ),
    { minLength: from, maxLength: from },
  );

const graph = fc.record({
  bundlePermissions: links(3, 5),
  groupPermissions: links(3, 5),
  groupBundles: links(3, 3),
  users: fc.array(
    fc.record({ permissions: links(1, 5), bundles: links(1, 3), groups: links(1, 3), isSuperuser: fc.boolean() }),
    { minLength: 4, maxLength: 6 },
  ),
});

const pick = <T>(items: T[], indexes: number[] = []) => items.filter((_, index) => indexes.includes(index));

describe("in any graph", () => {
  it("sources and holders agree with the effective permissions", async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (drawn) => {
        const tokens = Array.from({ length: 5 }, (_, n) => uniqueName(`drawn-${n}`));
        await declareTestPermissions(tokens);
        const bundles: string[] = [];
        for (const held of drawn.bundlePermissions)
          bundles.push(await createTestBundle({ permissions: pick(tokens, held) }));
        const groups: string[] = [];
        for (const [n, held] of drawn.groupPermissions.entries()) {
          groups.push(
            await createTestGroup({ permissions: pick(tokens, held), bundles: pick(bundles, drawn.groupBundles[n]) }),
          );
        }
        for (const user of drawn.users) {
          await createTestUser({
            permissions: pick(tokens, user.permissions[0]),
            bundles: pick(bundles, user.bundles[0]),
            groups: pick(groups, user.groups[0]),
            isSuperuser: user.isSuperuser,
          });
        }
        const everybody = await database()
          .select({
            id: users.id,
            loginId: users.loginId,
            isSuperuser: users.isSuperuser,
            tokens: effectivePermissions(users.id),
          })
          .from(users)
          .orderBy(users.loginIdCanonical);
        for (const [n, id] of (await permissionIdsOf(tokens)).entries()) {
          const expected = everybody.filter((user) => user.isSuperuser || user.tokens.includes(tokens[n] ?? ""));
          const found: string[] = [];
          for (let page = 1; found.length < expected.length; page += 1) {
            const items = logins(await holders({ kind: "permission", id }, { page, size: 100 }));
            if (items.length === 0) break;
            found.push(...items);
          }
          expect(found).toEqual(expected.map(({ loginId }) => loginId));
        }
        const all = await database().execute<{ token: string }>(sql`select token from permissions order by token`);
        for (const user of everybody.slice(-6)) {
          const sources = await permissionSources(testContext(), user.id);
          const expected = user.isSuperuser ? all.rows.map(({ token }) => token) : [...user.tokens].sort();
          expect(sources.map(({ token }) => token)).toEqual(expected);
          expect(sources.every((entry) => entry.sources.length > 0)).toBe(true);
        }
      }),
      { numRuns: 8 },
    );
  });
});
