import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { failureOf } from "@/lib/testing/failure";
import { setUpThings, thingEntity, things } from "@/lib/testing/things";
import { type BulkOrder, bulkStep, momentNow, previewBulk } from "./bulk";
import { deleteIn, deleteRecord } from "./delete";
import type { Entity } from "./entity";
import { listRows } from "./list";
import type { ListQuery } from "./list-query";
import { getRecord } from "./record";
import { everyRow } from "./rows";
import { updateRecord } from "./save";

// An entity to which only some rows of its table belong: whatever is asked of it, the others are not there.

setUpTestDatabase();
setUpThings();

const open: Entity = {
  ...thingEntity,
  where: () => eq(things.isOpen, true),
  search: (text) => sql`${things.title} like ${`%${text}%`}`,
  bulk: {
    finish: { access: "auth-manage", patch: () => ({ state: "done" }) },
    delete: { access: "auth-manage", deletes: true },
  },
};

const [mine, other, closed] = [v7(), v7(), v7()];
const everything: ListQuery = { q: "", sort: [], page: 1, size: 25, filters: {} };

beforeEach(async () => {
  await database().delete(things);
  await database()
    .insert(things)
    .values([
      { id: mine, title: "mine" },
      { id: other, title: "other" },
      { id: closed, title: "mine but closed", isOpen: false },
    ]);
});

const stored = async (id: string) => (await database().select().from(things).where(eq(things.id, id)))[0];

describe("rows that are no records", () => {
  it.each<[string, Partial<ListQuery>, string[]]>([
    ["everything", {}, ["mine", "other"]],
    ["a search", { q: "mine" }, ["mine"]],
    ["a filter", { filters: { state: "new" } }, ["mine", "other"]],
    ["a filter that speaks of the same column", { filters: { isOpen: false } }, []],
    ["another order", { sort: [{ field: "title", descending: true }] }, ["other", "mine"]],
  ])("are in no list and no total: %s", async (_, more, titles) => {
    const { items, total } = await listRows(testContext(), open, { ...everything, ...more }, []);
    expect(items.map(({ title }) => title)).toEqual(titles);
    expect(total).toBe(titles.length);
  });

  it("are in no export", async () => {
    const titles: unknown[] = [];
    for await (const rows of everyRow(testContext(), open, everything, []))
      titles.push(...rows.map((row) => row.title));
    expect(titles).toEqual(["mine", "other"]);
  });

  it("cannot be looked at, changed or deleted one by one", async () => {
    expect(await getRecord(testContext(), open, mine)).toMatchObject({ label: "mine" });
    const before = await stored(closed);
    for (const work of [
      () => getRecord(testContext(), open, closed),
      () => updateRecord(testContext(), open, closed, undefined, { title: "changed" }),
      () => deleteRecord(testContext(), open, closed),
    ]) {
      expect(await failureOf(work())).toMatchObject({ code: "not-found" });
    }
    expect(await stored(closed)).toEqual(before);
  });

  it.each(["finish", "delete"])("are reached by no bulk action: %s", async (action) => {
    const before = await stored(closed);
    const orders: BulkOrder[] = [
      { action, chosen: "", selection: { ids: [mine, closed] } },
      {
        action,
        chosen: "",
        selection: { query: { q: "mine", filters: {} }, asOf: await momentNow(testContext()) },
      },
    ];
    for (const order of orders) {
      expect(await previewBulk(testContext(), open, order)).toMatchObject({ total: 1, changed: 1, refused: [] });
    }
    for (const order of orders) expect(await bulkStep(testContext(), open, order, "")).toMatchObject({ refused: [] });
    expect(await stored(closed)).toEqual(before);
  });

  it("are left alone where somebody names them in a transaction", async () => {
    const outcomes = await inTransaction(testContext(), (tx) => deleteIn(tx, open, [closed, mine]));
    expect(outcomes).toMatchObject([
      { id: closed, result: "refused", error: { code: "not-found" } },
      { id: mine, result: "changed" },
    ]);
    expect(await stored(closed)).toBeDefined();
  });
});
