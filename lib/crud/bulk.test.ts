import { randomUUID } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeEach, describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { userGroups } from "@/lib/db/schema/access";
import { auditEvents } from "@/lib/db/schema/events";
import { users as table } from "@/lib/db/schema/users";
import { entityNamed } from "@/lib/entities";
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
import { overtaken } from "@/lib/testing/races";
import { auditOf, everythingStored, storedUser } from "@/lib/testing/records";
import { BATCH, type BulkOrder, bulkStep, momentNow, previewBulk } from "./bulk";
import type { BulkResult } from "./bulk-state";
import { deleteIn } from "./delete";
import type { Entity } from "./entity";
import { getRecord } from "./record";

setUpTestDatabase();

const users = entityNamed("users");
const groups = entityNamed("groups");

beforeEach(async () => {
  // Each case makes its own superusers.
  await database().update(table).set({ isSuperuser: false });
});

const ticked = (action: string, ids: string[], chosen = ""): BulkOrder => ({ action, chosen, selection: { ids } });

type Run = BulkResult & { steps: number };

/** Goes from step to step as the page does, until there is nothing more to do. */
async function run(ctx: Context, entity: Entity, order: BulkOrder): Promise<Run> {
  const sum: Run = { changed: 0, unchanged: 0, refused: [], steps: 0 };
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const step: Awaited<ReturnType<typeof bulkStep>> = await bulkStep(ctx, entity, order, cursor);
    sum.changed += step.changed;
    sum.unchanged += step.unchanged;
    sum.refused.push(...step.refused);
    sum.steps += 1;
    cursor = step.cursor;
  }
  return sum;
}

/** Users by the hundred, straight into the table; those of one prefix are found by it. */
async function crowd(prefix: string, size: number, state: object = {}): Promise<string[]> {
  const rows = Array.from({ length: size }, (_, n) => {
    const loginId = `${prefix}-${n}@example.com`;
    return { id: v7(), loginId, loginIdCanonical: loginId, isVerified: true, ...state };
  });
  for (let start = 0; start < size; start += 1000) {
    await database()
      .insert(table)
      .values(rows.slice(start, start + 1000));
  }
  return rows.map(({ id }) => id);
}

/** The order of whoever has filtered the list by a search and ticked "all that match". */
async function allMatching(action: string, q: string, chosen = ""): Promise<BulkOrder> {
  const query = { q, filters: {} };
  return { action, chosen, selection: { query, asOf: await momentNow(testContext()) } };
}

/** Rows with their versions: equal means that nobody wrote them. */
const rowsOf = async (ids: string[]) =>
  (
    await database()
      .select({ row: sql<string>`xmin || ' ' || ctid || ' ' || ${table}::text` })
      .from(table)
      .where(inArray(table.id, ids))
  )
    .map(({ row }) => row)
    .sort();

const updatesOf = async (ids: string[]) =>
  (await database().select({ id: auditEvents.entityId }).from(auditEvents).where(inArray(auditEvents.entityId, ids)))
    .length;

const groupsOf = async (id: string) => (await getRecord(testContext(), users, id)).values.groupIds;

describe("a selection by ids", () => {
  it("is done, and counted apart from what was so already", async () => {
    const [ann, bob] = [await createTestUser(), await createTestUser()];
    const off = await createTestUser({ isEnabled: false });
    const left = await createTestUser();
    const order = ticked("disable", [ann.id, off.id, bob.id, randomUUID(), "x", ""]);
    const before = await rowsOf([off.id, left.id]);
    expect(await run(testContext(), users, order)).toEqual({ changed: 2, unchanged: 1, refused: [], steps: 1 });
    expect(await rowsOf([off.id, left.id])).toEqual(before);
    for (const { id } of [ann, bob]) {
      expect(await storedUser(id)).toMatchObject({ isEnabled: false, version: 2 });
      expect((await auditOf(id)).at(-1)).toMatchObject({ action: "update", changes: { isEnabled: { to: false } } });
    }
    expect((await auditOf(off.id)).map(({ action }) => action)).toEqual(["create"]);
  });

  it("of nothing does nothing", async () => {
    const before = await everythingStored();
    for (const ids of [[], ["x"], [randomUUID()]]) {
      expect(await run(testContext(), users, ticked("disable", ids))).toMatchObject({ changed: 0, steps: 1 });
      expect(await run(testContext(), users, ticked("delete", ids))).toMatchObject({ changed: 0, steps: 1 });
    }
    expect(await everythingStored()).toEqual(before);
  });

  it.each([BATCH - 1, BATCH, BATCH + 1])("of %d is done whole", async (size) => {
    const ids = await crowd(uniqueName("batch"), size);
    expect(await run(testContext(), users, ticked("disable", ids))).toMatchObject({ changed: size, refused: [] });
    const enabled = await database().select().from(table).where(inArray(table.id, ids));
    expect(enabled.filter(({ isEnabled }) => isEnabled)).toEqual([]);
  });
});

describe("all that match", () => {
  it("598 among 1,772, are done in batches, and the rest is left as it is", async () => {
    const prefix = uniqueName("match");
    const rest = await crowd(uniqueName("other"), 500);
    const wanted = await crowd(prefix, 598);
    rest.push(...(await crowd(uniqueName("other"), 674)));
    expect(wanted.length + rest.length).toBe(1772);
    const before = await rowsOf(rest);
    const order = await allMatching("disable", prefix);

    const first = await bulkStep(testContext(), users, order, "");
    expect(first).toMatchObject({ changed: BATCH, cursor: [...wanted].sort()[BATCH - 1] });
    expect(await run(testContext(), users, order)).toEqual({
      changed: 598 - BATCH,
      unchanged: BATCH,
      refused: [],
      steps: 3,
    });

    expect(await rowsOf(rest)).toEqual(before);
    const { rows } = await database().execute(
      sql`select 1 from users where login_id_canonical like ${`${prefix}%`} and not is_enabled and version = 2`,
    );
    expect(rows).toHaveLength(598);
    expect(await updatesOf(wanted)).toBe(598);
    expect(await updatesOf(rest)).toBe(0);
  });

  it("those that come to be after the order are left alone", async () => {
    const prefix = uniqueName("later");
    const first = await crowd(prefix, BATCH + 5);
    const order = await allMatching("disable", prefix);
    const step = await bulkStep(testContext(), users, order, "");
    const later = [
      ...(await crowd(`${prefix}-more`, 3)),
      (await createTestUser({ loginId: `${prefix}@x.example` })).id,
    ];
    expect(later.every((id) => first.every((earlier) => earlier < id))).toBe(true);
    const before = await rowsOf(later);
    expect(await bulkStep(testContext(), users, order, step.cursor ?? "")).toMatchObject({
      changed: 5,
      cursor: undefined,
    });
    expect(await rowsOf(later)).toEqual(before);
    expect(await previewBulk(testContext(), users, order)).toMatchObject({ total: BATCH + 5, unchanged: BATCH + 5 });
  });

  it("those that match no longer when their turn comes are left alone", async () => {
    const prefix = uniqueName("moving");
    const ids = (await crowd(prefix, BATCH + 5)).sort();
    const order = await allMatching("disable", prefix);
    const step = await bulkStep(testContext(), users, order, "");
    const moved = ids.slice(-2);
    await database().update(table).set({ loginIdCanonical: sql`'moved-' || id` }).where(inArray(table.id, moved));
    const before = await rowsOf(moved);
    expect(await bulkStep(testContext(), users, order, step.cursor ?? "")).toMatchObject({ changed: 3 });
    expect(await rowsOf(moved)).toEqual(before);
  });

  it("are those of all filters together, also of one that the action itself empties", async () => {
    const prefix = uniqueName("filtered");
    const group = await createTestGroup();
    const inGroup = await crowd(prefix, BATCH + 3);
    const outside = await crowd(prefix, 3, { isEnabled: false, loginIdCanonical: sql`gen_random_uuid() || ${prefix}` });
    await database()
      .insert(userGroups)
      .values([...inGroup, ...outside.slice(0, 1)].map((userId) => ({ userId, groupId: group })));
    const query = { q: prefix, filters: { groupIds: group, isEnabled: true } };
    const order: BulkOrder = {
      action: "removeFromGroup",
      chosen: group,
      selection: { query, asOf: await momentNow(testContext()) },
    };
    // The cursor goes by ids: rows that leave the filter do not shift those that are still to come.
    expect(await run(testContext(), users, order)).toEqual({ changed: BATCH + 3, unchanged: 0, refused: [], steps: 2 });
    expect(
      await database()
        .select()
        .from(userGroups)
        .where(inArray(userGroups.groupId, [group])),
    ).toMatchObject([{ userId: outside[0], groupId: group }]);
  });

  it("are none without the moment of a decision", async () => {
    const user = await createTestUser();
    const before = await everythingStored();
    for (const asOf of ["", "x", "\0", "2026-13-45T00:00:00Z"]) {
      const order: BulkOrder = { action: "delete", chosen: "", selection: { query: { q: "", filters: {} }, asOf } };
      expect(await run(testContext(), users, order)).toMatchObject({ changed: 0, refused: [] });
      expect(await previewBulk(testContext(), users, order)).toMatchObject({ total: 0, tried: 0 });
    }
    expect(await everythingStored()).toEqual(before);
    expect(await storedUser(user.id)).toMatchObject({ version: 1 });
  });

  it("start again at the beginning after a cursor that is none", async () => {
    const prefix = uniqueName("cursor");
    await crowd(prefix, 3);
    const order = await allMatching("disable", prefix);
    expect(await bulkStep(testContext(), users, order, "'; drop table users")).toMatchObject({ changed: 3 });
  });
});

/** A mix of everything that can become of a user in a bulk action of a manager. */
async function mixedSelection() {
  const { lacked } = await declareTestPermissions(["lacked"]);
  const { ctx, principal } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
  await createTestUser({ isSuperuser: true });
  const superuser = await createTestUser({ isSuperuser: true });
  const [on, off] = [await createTestUser({ isEnabled: true }), await createTestUser({ isEnabled: false })];
  const ids = [superuser.id, on.id, off.id, principal.userId];
  return { ctx, self: { id: principal.userId, loginId: principal.loginId }, superuser, on, off, ids, lacked };
}

describe("what is refused", () => {
  it("comes with name and reason: oneself and superusers, when disabling", async () => {
    const { ctx, self, superuser, on, off, ids } = await mixedSelection();
    const before = await rowsOf([superuser.id, self.id, off.id]);
    const { refused, ...counts } = await run(ctx, users, ticked("disable", ids));
    expect(counts).toEqual({ changed: 1, unchanged: 1, steps: 1 });
    expect(refused).toHaveLength(2);
    expect(refused).toContainEqual({ id: self.id, label: self.loginId, problem: { key: "disablesSelf" } });
    expect(refused).toContainEqual({ id: superuser.id, label: superuser.loginId, problem: { key: "superusersOnly" } });
    expect(await rowsOf([superuser.id, self.id, off.id])).toEqual(before);
    expect(await storedUser(on.id)).toMatchObject({ isEnabled: false });
  });

  it("comes with name and reason: oneself and superusers, when deleting", async () => {
    const { ctx, self, superuser, ids } = await mixedSelection();
    const { refused, ...counts } = await run(ctx, users, ticked("delete", ids));
    expect(counts).toEqual({ changed: 2, unchanged: 0, steps: 1 });
    expect(refused).toHaveLength(2);
    expect(refused).toContainEqual({ id: self.id, label: self.loginId, problem: { key: "deletesSelf" } });
    expect(refused).toContainEqual({ id: superuser.id, label: superuser.loginId, problem: { key: "superusersOnly" } });
    const { rows } = await database().execute(sql`select from users where id in ${ids}`);
    expect(rows).toHaveLength(2);
  });

  it.each(["directly", "by a bundle"])("is a group that holds %s more than the actor has", async (way) => {
    const { ctx, on, off, ids, superuser } = await mixedSelection();
    const rich = await createTestGroup(
      way === "directly"
        ? { permissions: ["lacked", "auth-manage"] }
        : { bundles: [await createTestBundle({ permissions: ["lacked"] })] },
    );
    const member = await createTestUser({ groups: [rich] });
    const { refused, ...counts } = await run(ctx, users, ticked("addToGroup", [...ids, member.id], rich));
    // Whoever is in it already is given nothing.
    expect(counts).toEqual({ changed: 0, unchanged: 1, steps: 1 });
    const problem = { key: "grantsTooMuch", params: { permissions: "lacked" } };
    for (const { id, loginId } of [on, off]) expect(refused).toContainEqual({ id, label: loginId, problem });
    expect(refused).toContainEqual(expect.objectContaining({ id: superuser.id, problem: { key: "superusersOnly" } }));
    expect(await groupsOf(on.id)).toEqual([]);
    // Taking away is no giving.
    expect(await run(ctx, users, ticked("removeFromGroup", [member.id, on.id], rich))).toMatchObject({
      changed: 1,
      unchanged: 1,
    });
    expect(await groupsOf(member.id)).toEqual([]);
  });

  it("is told in every batch of a long run", async () => {
    const { ctx } = await mixedSelection();
    const prefix = uniqueName("boss");
    const bosses = await crowd(prefix, BATCH + 10, { isSuperuser: true });
    const { changed, refused, steps } = await run(ctx, users, await allMatching("disable", prefix));
    expect({ changed, refused: refused.length, steps }).toEqual({ changed: 0, refused: BATCH + 10, steps: 2 });
    expect(refused.map(({ id }) => id)).toEqual([...bosses].sort());
  });
});

describe("the actions on users", () => {
  it("enable and disable, which ends sessions for good", async () => {
    const [ann, bob] = [await createTestUser(), await createTestUser()];
    const [asAnn, asBob] = [await signedIn(ann), await signedIn(bob)];
    expect(await run(testContext(), users, ticked("disable", [ann.id]))).toMatchObject({ changed: 1 });
    expect(await findPrincipal(asAnn.token)).toBeNull();
    expect(await findPrincipal(asBob.token)).not.toBeNull();
    expect(await run(testContext(), users, ticked("enable", [ann.id, bob.id]))).toMatchObject({
      changed: 1,
      unchanged: 1,
    });
    expect(await findPrincipal(asAnn.token)).toBeNull();
    await expect(signedIn(ann)).resolves.toBeDefined();
  });

  it("enable clears a date of disabling that has passed", async () => {
    const user = await createTestUser({ isEnabled: false, disabledAt: new Date("2020-01-01T00:00:00Z") });
    await run(testContext(), users, ticked("enable", [user.id]));
    expect(await storedUser(user.id)).toMatchObject({ isEnabled: true, disabledAt: null });
  });

  it("add to a group and remove from it, and leave the other groups", async () => {
    await declareTestPermissions(["given"]);
    const [kept, group] = [await createTestGroup(), await createTestGroup({ permissions: ["given"] })];
    const [ann, bob] = [await createTestUser({ groups: [kept] }), await createTestUser({ groups: [group] })];
    const { token } = await signedIn(ann);
    const ids = [ann.id, bob.id];
    expect(await run(testContext(), users, ticked("addToGroup", ids, group))).toMatchObject({
      changed: 1,
      unchanged: 1,
    });
    expect(((await groupsOf(ann.id)) as string[]).sort()).toEqual([kept, group].sort());
    expect((await findPrincipal(token))?.permissions).toEqual(new Set(["given"]));
    expect(await run(testContext(), users, ticked("removeFromGroup", ids, group))).toMatchObject({ changed: 2 });
    expect(await groupsOf(ann.id)).toEqual([kept]);
    expect(await groupsOf(bob.id)).toEqual([]);
    expect((await findPrincipal(token))?.permissions).toEqual(new Set());
  });

  it("delete, with sessions, and an audit row each", async () => {
    const [ann, bob] = [await createTestUser(), await createTestUser()];
    const { token } = await signedIn(ann);
    expect(await run(testContext(), users, ticked("delete", [ann.id, bob.id]))).toMatchObject({ changed: 2 });
    expect(await findPrincipal(token)).toBeNull();
    for (const { id, loginId } of [ann, bob]) {
      expect((await auditOf(id)).at(-1)).toMatchObject({ action: "delete", entityLabel: loginId });
    }
  });

  it("are those of the definition; groups have theirs", async () => {
    const [one, two] = [await createTestGroup(), await createTestGroup()];
    expect(await run(testContext(), groups, ticked("delete", [one, two]))).toMatchObject({ changed: 2 });
    for (const action of ["", "disable", "constructor", "toString", "__proto__"]) {
      expect(await failureOf(bulkStep(testContext(), groups, ticked(action, []), ""))).toMatchObject({
        code: "not-found",
      });
    }
  });

  it("are for those who satisfy their condition", async () => {
    const target = await createTestUser();
    const { ctx } = await signedIn(await createTestUser());
    const manager = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const before = await everythingStored();
    for (const action of Object.keys(users.bulk ?? {})) {
      for (const work of [
        bulkStep(ctx, users, ticked(action, [target.id]), ""),
        previewBulk(ctx, users, ticked(action, [target.id])),
      ]) {
        expect(await failureOf(work)).toMatchObject({ code: "forbidden", problem: { key: "forbidden" } });
      }
    }
    // An action with a condition of its own asks that one.
    const action = { access: "auth-manage", patch: () => ({ isEnabled: false }) } as const;
    const strict: Entity = { ...users, bulk: { disable: { ...action, access: ({ isSuperuser }) => isSuperuser } } };
    const order = ticked("disable", [target.id]);
    expect(await failureOf(bulkStep(manager.ctx, strict, order, ""))).toMatchObject({ code: "forbidden" });
    expect(await everythingStored()).toEqual(before);
  });

  it.each(["addToGroup", "removeFromGroup"])("%s asks which group", async (action) => {
    const user = await createTestUser();
    const before = await everythingStored();
    for (const chosen of ["", "x", "\0", randomUUID(), user.id]) {
      for (const verb of [
        (order: BulkOrder) => bulkStep(testContext(), users, order, ""),
        (order: BulkOrder) => previewBulk(testContext(), users, order),
      ]) {
        expect(await failureOf(verb(ticked(action, [user.id], chosen)))).toMatchObject({
          code: "invalid",
          fields: { chosen: { key: "required" } },
        });
      }
    }
    expect(await everythingStored()).toEqual(before);
  });
});

describe("a preview", () => {
  it.each(["enable", "disable", "endAccess", "addToGroup", "removeFromGroup", "delete"])(
    "of %s writes nothing, and tells what the run then does",
    async (action) => {
      const { ctx, on, ids } = await mixedSelection();
      const group = await createTestGroup({ permissions: ["auth-manage"] });
      const member = await createTestUser({ groups: [group] });
      await signedIn(on);
      const chosen = action.endsWith("Group") ? group : "";
      const order = ticked(action, [...ids, member.id], chosen);
      const before = await everythingStored();
      const { total, tried, ...expected } = await previewBulk(ctx, users, order);
      expect(await everythingStored()).toEqual(before);
      expect({ total, tried }).toEqual({ total: 5, tried: 5 });
      expect(expected.changed + expected.unchanged + expected.refused.length).toBe(5);
      expect(await run(ctx, users, order)).toEqual({ ...expected, steps: 1 });
    },
  );

  it("of more than it tries out tells how many there are", async () => {
    const prefix = uniqueName("huge");
    await crowd(prefix, 1010);
    const order = await allMatching("disable", prefix);
    const before = await everythingStored();
    expect(await previewBulk(testContext(), users, order)).toEqual({
      total: 1010,
      tried: 1000,
      changed: 1000,
      unchanged: 0,
      refused: [],
    });
    expect(await everythingStored()).toEqual(before);
  });
});

describe("superusers, by the command line", () => {
  it.each(["disable", "delete"])("%s: of two in one selection one remains", async (action) => {
    const pair = [await createTestUser({ isSuperuser: true }), await createTestUser({ isSuperuser: true })];
    const order = ticked(
      action,
      pair.map(({ id }) => id),
    );
    const preview = await previewBulk(testContext(), users, order);
    const { changed, refused } = await run(testContext(), users, order);
    expect({ changed, refused }).toEqual({ changed: preview.changed, refused: preview.refused });
    expect(changed).toBe(1);
    expect(refused).toMatchObject([{ problem: { key: "lastSuperuser" } }]);
    const { rows } = await database().execute(sql`select id from users where is_superuser and is_enabled`);
    expect(rows).toEqual([{ id: refused[0]?.id }]);
  });
});

describe("two runs at once", () => {
  it.each([
    ["enable", "disable"],
    ["addToGroup", "removeFromGroup"],
    ["disable", "delete"],
    ["addToGroup", "delete"],
  ])("%s against %s end without an error", async (one, other) => {
    for (let round = 0; round < 4; round += 1) {
      const prefix = uniqueName("contested");
      const ids = await crowd(prefix, 120, { isEnabled: round % 2 === 0 });
      await database()
        .update(table)
        .set({ isSuperuser: true, isEnabled: true })
        .where(inArray(table.id, ids.slice(50, 53)));
      const group = await createTestGroup();
      // One by the filter and one by ids in another order: the locks are taken in one order all the same.
      const orders = [await allMatching(one, prefix, group), ticked(other, ids.toReversed(), group)];
      if (round % 2 === 1) orders.reverse();
      const runs = await Promise.all(orders.map((order) => run(testContext(), users, order)));
      for (const { refused } of runs) {
        for (const { problem } of refused) expect(problem.key).toMatch(/^(notFound|lastSuperuser)$/);
      }
      const left = await database().select().from(table).where(inArray(table.id, ids));
      const links = await database()
        .select()
        .from(userGroups)
        .where(inArray(userGroups.groupId, [group]));
      // Whoever was deleted is in no group; whoever was there to be added is.
      if (other === "delete") expect(left.length).toBe(1);
      if (other === "delete") expect(links.length).toBe(one === "addToGroup" ? 1 : 0);
      // The audit trail of each has as many updates as there are versions.
      const updates = await database()
        .select({ id: auditEvents.entityId })
        .from(auditEvents)
        .where(
          and(
            eq(auditEvents.action, "update"),
            inArray(
              auditEvents.entityId,
              left.map(({ id }) => id),
            ),
          ),
        );
      expect(updates).toHaveLength(left.reduce((sum, { version }) => sum + version - 1, 0));
      await database().delete(table).where(inArray(table.id, ids));
    }
  });

  it("a group that is deleted while users are being added ends in a typed error, and changes nobody", async () => {
    const group = await createTestGroup();
    const user = await createTestUser();
    const before = await rowsOf([user.id]);
    const outcome = await overtaken(
      (tx) => deleteIn(tx, groups, [group]),
      () => bulkStep(testContext(), users, ticked("addToGroup", [user.id], group), ""),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
    expect(await rowsOf([user.id])).toEqual(before);
    expect(await auditOf(user.id)).toHaveLength(1);
  });
});
