import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { correlated } from "@/lib/db/correlated";
import { readInBatches } from "@/lib/db/cursor";
import { keyOfColumn } from "./columns";
import type { Entity, Field, StoredRow } from "./entity";
import type { ListQuery } from "./list-query";
import { offsetOf, orderBy, orderOf, sortKeys, whereOf } from "./list-sql";
import { expectedRows, type Page, type Total, totalOf } from "./page";
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

/**
 * One page of rows as a select. It first finds the keys of the page, which indexes answer alone even far down the list,
 * and reads only those rows whole.
 * @param shown names of the relations to read
 */
function selectPage(ctx: Context, entity: Entity, query: ListQuery, shown: Iterable<string>, as: "names" | "ids") {
  const { table, order } = entity;
  const ordered = orderOf(ctx, entity, query);
  const page = ctx.db
    .select({ key: order.column })
    .from(table)
    .where(whereOf(ctx, entity, query))
    .orderBy(...ordered)
    .limit(query.size)
    .offset(offsetOf(query))
    .as("page");
  return ctx.db
    .select(selection(entity, shown, as) as Record<string, SQL>)
    .from(page)
    .innerJoin(table, eq(order.column, page.key))
    .orderBy(...ordered) as unknown as PromiseLike<StoredRow[]>;
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

/**
 * One page of rows and their exact number, for conditions that no index brings in order, such as a search: all keys that
 * match are gathered once, and both follow from them. Undefined where more match than are counted one by one; then rows
 * come fast in any order.
 */
async function gatherPage(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids",
): Promise<Page<StoredRow> | undefined> {
  const { table, order } = entity;
  const limit = settings.list.exactTotal;
  const keys = sortKeys(ctx, entity, query);
  const names = keys.map((_, index) => sql.identifier(`k${index}`));
  const columns = keys.map(({ column }, index) => sql`${column} as ${names[index]}`);
  const ordered = keys.map((key, index) => orderBy(key, names[index]));
  const unique = names[keys.findIndex(({ column }) => column === order.column)];
  const comma = sql`, `;
  const { rows } = await ctx.db.execute<{ n: number; keys: string[] }>(sql`
    with matching as materialized (
      select ${sql.join(columns, comma)} from ${table} where ${whereOf(ctx, entity, query) ?? sql`true`} limit ${limit + 1})
    select (select count(*)::int from matching) as n, array(
      select ${unique} from matching order by ${sql.join(ordered, comma)}
      limit ${query.size} offset ${offsetOf(query)}) as keys`);
  const { n = 0, keys: found = [] } = rows[0] ?? {};
  if (n > limit) return undefined;
  const items = await ctx.db
    .select(selection(entity, shown, as) as Record<string, SQL>)
    .from(table)
    .where(inArray(order.column, found))
    .orderBy(...orderOf(ctx, entity, query));
  return { items: items as unknown as StoredRow[], total: n, totalIsEstimate: false };
}

/** So many times the exact total that even a bad estimate means "more". */
const CLEARLY_MORE = 3;

/** The page of a search and its exact total; or the estimate alone, where more match than are counted. */
async function gatherFew(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids",
): Promise<Partial<Pick<Page<StoredRow>, "items">> & Total> {
  const limit = settings.list.exactTotal;
  const expected = await expectedRows(ctx.db, entity.table, whereOf(ctx, entity, query));
  // Of several conditions together the planner knows too little.
  const isClear = Object.keys(query.filters).length === 0 && expected > limit * CLEARLY_MORE;
  const gathered = isClear ? undefined : await gatherPage(ctx, entity, query, shown, as);
  return gathered ?? { total: Math.max(limit + 1, expected), totalIsEstimate: true };
}

const isSearch = ({ fields }: Entity, { q, filters }: ListQuery) =>
  q !== "" || Object.keys(filters).some((name) => fields[name]?.filter === "text");

/** One page of an entity's rows, with `shown` relations by name or by id. */
export async function listRows(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids" = "names",
): Promise<Page<StoredRow>> {
  if (entity.list) return entity.list(ctx, query);
  const where = whereOf(ctx, entity, query);
  const gathered = isSearch(entity, query) ? await gatherFew(ctx, entity, query, shown, as) : undefined;
  if (gathered?.items) return { ...gathered, items: await presented(ctx, entity, gathered.items) };
  const [items, total] = await Promise.all([
    selectPage(ctx, entity, query, shown, as),
    gathered ?? totalOf(ctx.db, entity.table, where),
  ]);
  return { items: await presented(ctx, entity, items), ...total };
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

/** The rows of a batch with the names of what they hold: one query a relation costs far less than one a row. */
async function withNames(ctx: Context, entity: Entity, rows: StoredRow[], shown: string[]): Promise<StoredRow[]> {
  const ids = rows.map(({ id }) => id);
  const named: [string, Map<string, string[]>][] = [];
  for (const name of shown) {
    const relation = entity.fields[name]?.relation;
    if (relation) named.push([name, await namesHeldBy(ctx.db, relation, ids)]);
  }
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(named.map(([name, byId]) => [name, byId.get(row.id) ?? []])),
  }));
}

/**
 * All rows that match, in the order of the list and in batches, whatever their number in flat memory.
 * @param shown names of the relations to read
 */
export async function* everyRow(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: string[],
): AsyncGenerator<StoredRow[]> {
  if (!entity.list) {
    for await (const rows of readInBatches((db) => selectAll({ ...ctx, db }, entity, query))) {
      yield await presented(ctx, entity, await withNames(ctx, entity, rows, shown));
    }
    return;
  }
  for (let page = 1; ; page += 1) {
    const { items } = await entity.list(ctx, { ...query, page, size: 100 });
    if (items.length > 0) yield items;
    if (items.length < 100) return;
  }
}
