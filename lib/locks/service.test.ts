import { randomUUID } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { historyOf } from "@/lib/audit/history";
import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Context } from "@/lib/context";
import { type BulkOrder, bulkStep, momentNow, previewBulk } from "@/lib/crud/bulk";
import { deleteRecord } from "@/lib/crud/delete";
import { listRows } from "@/lib/crud/list";
import type { ListQuery } from "@/lib/crud/list-query";
import { getRecord } from "@/lib/crud/record";
import { everyRow } from "@/lib/crud/rows";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { overtaken } from "@/lib/testing/races";
import { lockEntity } from "./entity";
import { signInLockOf, unlock, unlockIn } from "./service";

setUpTestDatabase();

type Budget = Partial<typeof attemptBudgets.$inferInsert>;

/** Minutes from now, which may be past. */
const inMinutes = (minutes: number) => sql`now() + make_interval(mins => ${minutes})` as unknown as Date;

/** A budget of attempts that is locked for an hour, unless said otherwise. @returns its id */
async function addLock(budget: Budget = {}): Promise<string> {
  const [row] = await database()
    .insert(attemptBudgets)
    .values({ type: "login", scope: "account", key: uniqueName("key"), lockedUntil: inMinutes(60), ...budget })
    .returning({ id: attemptBudgets.id });
  return row?.id ?? "";
}

const stored = (ids: string[]) => database().select().from(attemptBudgets).where(inArray(attemptBudgets.id, ids));

const unlocksOf = (label: string) =>
  database()
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, "unlock"), eq(auditEvents.entityLabel, label)));

const everything: ListQuery = { q: "", sort: [], page: 1, size: 100, filters: {} };

const keysFound = async (query: Partial<ListQuery>) =>
  (await listRows(testContext(), lockEntity, { ...everything, ...query }, [])).items.map(({ key }) => key);

const manager = async () => signedIn(await createTestUser({ permissions: ["auth-manage"] }));

describe("unlocking", () => {
  it("takes lock and count away, with a row in the history of the user whose account it was", async () => {
    const { ctx, principal } = await manager();
    const user = await createTestUser({ loginId: `${uniqueName("Ann")}@Example.com` });
    const key = canonicalLoginId(user.loginId);
    const [id, other] = [await addLock({ key }), await addLock({ key, type: "reset" })];
    const [before] = await stored([id]);
    const request = { ip: "203.0.113.7", userAgent: null, requestId: "r-1" };
    expect(await unlock({ ...ctx, request }, [id])).toEqual([
      { id, type: "login", scope: "account", key, lockedUntil: before?.lockedUntil },
    ]);
    expect(await stored([id])).toEqual([]);
    expect(await stored([other])).toHaveLength(1);
    const { items } = await historyOf(testContext(), "users", user.id, { page: 1, size: 10 });
    expect(items.map(({ action }) => action)).toEqual(["unlock", "create"]);
    expect(items[0]).toMatchObject({
      entityLabel: user.loginId,
      actorId: principal.userId,
      ip: "203.0.113.7",
      requestId: "r-1",
    });
    expect(items[0]?.changes).toEqual({
      type: { from: "login", to: null },
      lockedUntil: { from: before?.lockedUntil?.toISOString(), to: null },
    });
  });

  it("is told of by its key where the account does not exist, and of an address", async () => {
    const [nobody, address] = [uniqueName("nobody"), "2001:db8:0:7::/64"];
    const ids = [await addLock({ key: nobody }), await addLock({ key: address, scope: "address", type: "forgot" })];
    await unlock(testContext(), ids);
    for (const [index, label] of [nobody, address].entries()) {
      expect(await unlocksOf(label)).toMatchObject([{ entity: "locks", entityId: ids[index], actorKind: "cli" }]);
    }
  });

  it("of an address that is spelt like somebody's login is not told in that user's history", async () => {
    const user = await createTestUser();
    const key = canonicalLoginId(user.loginId);
    await unlock(testContext(), [await addLock({ key }), await addLock({ key, scope: "address" })]);
    const told = await unlocksOf(user.loginId);
    expect(told.map(({ entity, entityId }) => [entity, entityId === user.id]).sort()).toEqual([
      ["locks", false],
      ["users", true],
    ]);
  });

  it("is open to whoever manages users, also for superusers", async () => {
    const { ctx } = await manager();
    const boss = await createTestUser({ isSuperuser: true });
    const id = await addLock({ key: canonicalLoginId(boss.loginId) });
    expect(await unlock(ctx, [id])).toHaveLength(1);
    expect(await stored([id])).toEqual([]);
  });

  it("leaves what is not locked any more alone, and says nothing of it", async () => {
    const key = uniqueName("quiet");
    const ids = [
      await addLock({ key, lockedUntil: inMinutes(-1) }),
      await addLock({ key, type: "forgot", lockedUntil: null }),
    ];
    expect(await unlock(testContext(), [...ids, randomUUID(), "x", ""])).toEqual([]);
    expect(await stored(ids)).toHaveLength(2);
    expect(await unlocksOf(key)).toEqual([]);
  });

  it("twice at once is done and told once", async () => {
    const key = uniqueName("twice");
    const id = await addLock({ key });
    const second = await overtaken(
      (tx) => unlock(tx, [id]),
      () => unlock(testContext(), [id]),
    );
    expect(second).toEqual({ status: "fulfilled", value: [] });
    expect(await unlocksOf(key)).toHaveLength(1);
  });

  it("many at once in any order ends well", async () => {
    const key = uniqueName("crowd");
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => addLock({ key: `${key}-${n}` })));
    const lifted = await Promise.all(
      [ids, [...ids].reverse(), ids, [...ids].reverse()].map((some) => unlock(testContext(), some)),
    );
    expect(lifted.flat().map(({ id }) => id)).toHaveLength(ids.length);
    for (let n = 0; n < ids.length; n += 1) expect(await unlocksOf(`${key}-${n}`)).toHaveLength(1);
  });
});

describe("locks that have run out, and budgets that are not locked", () => {
  it("are in no list, record, export or bulk action", async () => {
    const stem = uniqueName("ended");
    const locked = await addLock({ key: `${stem}-locked` });
    const ended = await addLock({ key: `${stem}-ended`, lockedUntil: inMinutes(-1) });
    const counting = await addLock({ key: `${stem}-counting`, lockedUntil: null });

    const page = await listRows(testContext(), lockEntity, { ...everything, q: stem }, []);
    expect(page).toMatchObject({ items: [{ id: locked }], total: 1 });
    const exported: unknown[] = [];
    for await (const rows of everyRow(testContext(), lockEntity, { ...everything, q: stem }, [])) {
      exported.push(...rows.map(({ key }) => key));
    }
    expect(exported).toEqual([`${stem}-locked`]);

    const { label } = await getRecord(testContext(), lockEntity, locked);
    expect(label).toBe(`${stem}-locked`);
    for (const id of [ended, counting]) {
      expect(await failureOf(getRecord(testContext(), lockEntity, id))).toMatchObject({ code: "not-found" });
      expect(await failureOf(deleteRecord(testContext(), lockEntity, id))).toMatchObject({ code: "not-found" });
    }
    const order: BulkOrder = { action: "unlock", chosen: "", selection: { ids: [locked, ended, counting] } };
    expect(await previewBulk(testContext(), lockEntity, order)).toMatchObject({ total: 1, changed: 1 });
    expect(await stored([locked])).toHaveLength(1);
    expect(await bulkStep(testContext(), lockEntity, order, "")).toMatchObject({ changed: 1, refused: [] });
    expect((await stored([locked, ended, counting])).map(({ id }) => id).sort()).toEqual([ended, counting].sort());
  });
});

describe("the list of locks", () => {
  it("begins with the newest, and can be turned round", async () => {
    const stem = uniqueName("order");
    for (const minutes of [20, 60, 40]) await addLock({ key: `${stem}-${minutes}`, lockedUntil: inMinutes(minutes) });
    const newest = [`${stem}-60`, `${stem}-40`, `${stem}-20`];
    expect(await keysFound({ q: stem })).toEqual(newest);
    expect(await keysFound({ q: stem, sort: [{ field: "lockedUntil", descending: false }] })).toEqual(
      newest.toReversed(),
    );
  });

  it("is searched and filtered by login in any spelling, by address, scope and type", async () => {
    const stem = uniqueName("spelt");
    const account = `${stem}@example.com`;
    const address = `198.51.100.${1 + (stem.charCodeAt(6) % 200)}`;
    await addLock({ key: account });
    await addLock({ key: address, scope: "address", type: "reset" });
    for (const typed of [account.toUpperCase(), ` ${account}`, account.replace("s", "\uff33")]) {
      expect(await keysFound({ q: typed }), typed).toContain(account);
      expect(await keysFound({ filters: { key: typed } }), typed).toContain(account);
    }
    expect(await keysFound({ q: address })).toEqual([address]);
    expect(await keysFound({ filters: { scope: "address", type: "reset" } })).toContain(address);
    expect(await keysFound({ filters: { scope: "address" } })).not.toContain(account);
    expect(await keysFound({ filters: { type: "reset" } })).not.toContain(account);
  });

  it("is unlocked as far as it matches", async () => {
    const stem = uniqueName("all");
    const ids = await Promise.all([1, 2, 3].map((n) => addLock({ key: `${stem}-${n}` })));
    const other = await addLock({ key: `${stem}-1`, type: "reset" });
    const query = { q: stem, filters: { type: "login" } };
    const order: BulkOrder = {
      action: "unlock",
      chosen: "",
      selection: { query, asOf: await momentNow(testContext()) },
    };
    const later = await addLock({ key: `${stem}-4` });
    expect(await bulkStep(testContext(), lockEntity, order, "")).toMatchObject({ changed: 3, refused: [] });
    expect((await stored([...ids, other, later])).map(({ id }) => id).sort()).toEqual([other, later].sort());
    expect(await unlocksOf(`${stem}-1`)).toHaveLength(1);
  });

  it("is not unlocked by who may not", async () => {
    const [id, { ctx }] = [await addLock(), await signedIn(await createTestUser())];
    const order: BulkOrder = { action: "unlock", chosen: "", selection: { ids: [id] } };
    expect(await failureOf(bulkStep(ctx, lockEntity, order, ""))).toMatchObject({ code: "forbidden" });
    expect(await stored([id])).toHaveLength(1);
  });
});

it("a transaction is told one by one what became of each", async () => {
  const key = uniqueName("told");
  const [id, gone] = [await addLock({ key }), randomUUID()];
  const tell = (ctx: Context) => unlockIn(ctx, [gone, id]);
  expect(await tell(testContext())).toMatchObject([
    { id: gone, result: "refused", error: { code: "not-found" } },
    { id, label: key, result: "changed" },
  ]);
});

describe("the lock that keeps a user from signing in", () => {
  it("is the one on the account, whatever else is locked", async () => {
    const user = await createTestUser({ loginId: `${uniqueName("Shut")}@Example.com` });
    const key = canonicalLoginId(user.loginId);
    const of = () => signInLockOf(testContext(), user.id);
    await addLock({ key, type: "reset" });
    await addLock({ key, scope: "address" });
    await addLock();
    expect(await of()).toBeUndefined();
    const id = await addLock({ key });
    expect(await of()).toMatchObject({ id, key, lockedUntil: expect.any(Date) });
    await database()
      .update(attemptBudgets)
      .set({ lockedUntil: inMinutes(-1) })
      .where(eq(attemptBudgets.id, id));
    expect(await of()).toBeUndefined();
  });

  it.each(["x", "\0", randomUUID()])("is none of %j", async (id) => {
    expect(await signInLockOf(testContext(), id)).toBeUndefined();
  });
});
