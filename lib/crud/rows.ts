import { and, asc, gt, inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { correlated } from "@/lib/db/correlated";
import { readInBatches } from "@/lib/db/cursor";
import { inBatchesOnReplica } from "@/lib/db/replica";
import { keyOfColumn } from "./columns";
import type { Entity, Field, StoredRow } from "./entity";
import type { ListQuery } from "./list-query";
import { orderOf, whereOf } from "./list-sql";
import { namesHeldBy, type Relation } from "./relations";

/** Names, or ids, of what a row holds; a subquery of the select that reads the row. */
function heldColumn({ table }: Entity, { link, holder, held, target, label }: Relation, as: "names" | "ids") {
  const shown = as === "names" ? label : target.id;
  return correlated(sql<string[]>`array(select ${shown} from ${link} join ${target} on ${target.id} = ${held}
    where ${holder} = ${table.id} order by ${label})`);
}

/** What is selected of a row: all stored fields but secrets, and of the relations those in `shown`. */
export function selection(
  entity: Entity,
  shown: Iterable<string>,
  as: "names" | "ids",
): Record<string, SQL | Field["column"]> {
  const columns = Object.values(entity.fields).flatMap(({ column, kind }) =>
    column && kind !== "password" ? [[keyOfColumn(column), column] as const] : [],
  );
  const relations = [...shown].flatMap((name) => {
    const relation = entity.fields[name]?.relation;
    return relation ? [[name, heldColumn(entity, relation, as)] as const] : [];
  });
  return Object.fromEntries([["id", entity.table.id], ...columns, ...relations]);
}

/** Every row that matches `query`, whatever its page, as a select to be read in batches; without relations. */
function selectAll(ctx: Context, entity: Entity, query: ListQuery) {
  return ctx.db
    .select(selection(entity, [], "names") as Record<string, SQL>)
    .from(entity.table)
    .where(whereOf(ctx, entity, query))
    .orderBy(...orderOf(ctx, entity, query)) as unknown as PromiseLike<StoredRow[]>;
}

/** Rows as the actor may see them. */
export const presented = async (ctx: Context, entity: Entity, rows: StoredRow[]): Promise<StoredRow[]> =>
  entity.present ? Promise.all(rows.map(async (row) => (await entity.present?.(ctx, row)) ?? row)) : rows;

/** The rows with these keys, in the order of `query`. */
export function rowsOf(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids",
  keys: string[],
) {
  return ctx.db
    .select(selection(entity, shown, as) as Record<string, SQL>)
    .from(entity.table)
    .where(inArray(entity.order.column, keys))
    .orderBy(...orderOf(ctx, entity, query)) as unknown as PromiseLike<StoredRow[]>;
}

/** The next `limit` ids of a filtered set after `after` (empty for the first ones), in their own order. */
export async function idsAfter(
  ctx: Context,
  { table }: Entity,
  where: SQL | undefined,
  { after }: { after: string },
  limit: number,
): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: sql<string>`${table.id}` })
    .from(table)
    .where(and(where, after ? gt(table.id, after) : undefined))
    .orderBy(asc(table.id))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** Gives the rows of a batch the names of what they hold: one query a relation costs far less than one a row. */
async function addNames(ctx: Context, entity: Entity, rows: StoredRow[], shown: string[]): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const relations = shown.flatMap((name) => {
    const relation = entity.fields[name]?.relation;
    return relation ? [{ name, relation }] : [];
  });
  const held = await Promise.all(relations.map(({ relation }) => namesHeldBy(ctx.db, relation, ids)));
  for (const row of rows) {
    for (const [index, { name }] of relations.entries()) row[name] = held[index]?.get(row.id) ?? [];
  }
}

/** The rows of the entity's own table. */
async function* everyStoredRow(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: string[],
  url?: string,
): AsyncGenerator<StoredRow[]> {
  const select = (db: Context["db"]) => selectAll({ ...ctx, db }, entity, query);
  for await (const rows of readInBatches(select, undefined, url)) {
    await addNames(ctx, entity, rows, shown);
    yield await presented(ctx, entity, rows);
  }
}

/**
 * All rows that match, in the order of the list and in batches, whatever their number in flat memory; from the replica, where
 * there is one that keeps up.
 * @param shown names of the relations to read
 */
export async function* everyRow(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: string[],
): AsyncGenerator<StoredRow[]> {
  if (!entity.list) {
    yield* inBatchesOnReplica(ctx.db, (db, url) => everyStoredRow({ ...ctx, db }, entity, query, shown, url));
    return;
  }
  for (let page = 1; ; page += 1) {
    const { items } = await entity.list(ctx, { ...query, page, size: 100 });
    if (items.length > 0) yield items;
    if (items.length < 100) return;
  }
}
