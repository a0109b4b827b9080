import { asc, eq, inArray, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { Conflict } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { setUpThings, thingEntity, things } from "@/lib/testing/things";
import { BATCH, type BulkOrder, bulkStep, previewBulk } from "./bulk";
import { deleteRecord } from "./delete";
import type { Entity, Run } from "./entity";

// What an entity does with many records in its own way, and how its records go if not by being taken from the table.

setUpTestDatabase();
setUpThings();

/** Closes those that are open, and refuses those that are done. */
const close: Run = async (tx, ids) => {
  const rows = await tx.db.select().from(things).where(inArray(things.id, ids)).orderBy(asc(things.id)).for("update");
  const closing = rows.filter(({ isOpen, state }) => isOpen && state !== "done").map(({ id }) => id);
  if (closing.length > 0) await tx.db.update(things).set({ isOpen: false }).where(inArray(things.id, closing));
  return rows.map(({ id, title, state }) => {
    if (state === "done") return { id, label: title, result: "refused", error: new Conflict("referenced") };
    return { id, label: title, result: closing.includes(id) ? "changed" : "unchanged" };
  });
};

const { editing: _, ...readOnly } = thingEntity;
const closable: Entity = {
  ...readOnly,
  access: { list: "auth-manage", delete: "auth-manage" },
  bulk: { close: { access: "auth-manage", run: close } },
  remove: close,
};

const order = (ids: string[]): BulkOrder => ({ action: "close", chosen: "", selection: { ids } });

const openIds = async (ids: string[]) =>
  (await database().select().from(things).where(inArray(things.id, ids))).flatMap(({ id, isOpen }) =>
    isOpen ? [id] : [],
  );

async function addThings(count: number, state: object = {}): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({ id: v7(), title: v7(), ...state }));
  await database().insert(things).values(rows);
  return rows.map(({ id }) => id);
}

beforeEach(() => database().delete(things));

describe("a bulk action of an entity's own", () => {
  it("is done, and counted by what became of each", async () => {
    const [open, closed, done] = [
      await addThings(2),
      await addThings(3, { isOpen: false }),
      await addThings(1, { state: "done" }),
    ];
    expect(await bulkStep(testContext(), closable, order([...open, ...closed, ...done, v7(), "x"]), "")).toEqual({
      changed: 2,
      unchanged: 3,
      refused: [{ id: done[0], label: expect.any(String), problem: { key: "referenced" } }],
      cursor: undefined,
    });
    expect(await openIds([...open, ...done])).toEqual(done);
  });

  it("is done in batches", async () => {
    const ids = await addThings(BATCH + 1);
    const first = await bulkStep(testContext(), closable, order(ids), "");
    expect(first).toMatchObject({ changed: BATCH, cursor: [...ids].sort()[BATCH - 1] });
    expect(await openIds(ids)).toHaveLength(1);
    expect(await bulkStep(testContext(), closable, order(ids), first.cursor ?? "")).toMatchObject({ changed: 1 });
  });

  it("is tried out before, and leaves nothing of it", async () => {
    const ids = [...(await addThings(2)), ...(await addThings(1, { isOpen: false }))];
    expect(await previewBulk(testContext(), closable, order(ids))).toEqual({
      changed: 2,
      unchanged: 1,
      refused: [],
      total: 3,
      tried: 3,
    });
    expect(await openIds(ids)).toHaveLength(2);
  });

  it("is taken back as a whole where it fails", async () => {
    const ids = await addThings(2);
    const failing: Entity = {
      ...closable,
      bulk: {
        close: {
          access: "auth-manage",
          run: async (tx, some) => {
            await close(tx, some);
            await tx.db.execute(sql`select 1 / 0`);
            return [];
          },
        },
      },
    };
    await expect(bulkStep(testContext(), failing, order(ids), "")).rejects.toThrow("division by zero");
    expect(await openIds(ids)).toHaveLength(2);
  });

  it("needs the permission that it names", async () => {
    const [ids, { ctx }] = [await addThings(1), await signedIn(await createTestUser())];
    expect(await failureOf(bulkStep(ctx, closable, order(ids), ""))).toMatchObject({ code: "forbidden" });
    expect(await failureOf(previewBulk(ctx, closable, order(ids)))).toMatchObject({ code: "forbidden" });
    expect(await openIds(ids)).toEqual(ids);
  });
});

describe("a deletion of an entity's own", () => {
  it("is done instead, and what it refuses is thrown", async () => {
    const [[open = ""], [done = ""]] = [await addThings(1), await addThings(1, { state: "done" })];
    await deleteRecord(testContext(), closable, open);
    expect(await database().select().from(things).where(eq(things.id, open))).toMatchObject([{ isOpen: false }]);
    expect(await failureOf(deleteRecord(testContext(), closable, done))).toMatchObject({ code: "conflict" });
    expect(await openIds([done])).toEqual([done]);
  });
});
