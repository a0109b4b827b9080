import { and, eq, type SQL, sql } from "drizzle-orm";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { onReplica } from "@/lib/db/replica";
import type { Entity, StoredRow } from "./entity";
import type { ListQuery } from "./list-query";
import { offsetOf, orderBy, orderOf, type SortKey, sortKeys, whereOf } from "./list-sql";
import { expectedRows, type Page, type Total, totalOf } from "./page";
import { presented, rowsOf, selection } from "./rows";

/** One page of a list, in a time that does not grow with the table (docs/decisions/0007). */

/** The keys of an order under names of their own, for statements in which the table is out of sight. */
function named(keys: SortKey[], { order }: Entity) {
  const names = keys.map((_, index) => sql.identifier(`k${index}`));
  const comma = sql`, `;
  return {
    columns: sql.join(
      keys.map(({ column }, index) => sql`${column} as ${names[index]}`),
      comma,
    ),
    ordered: sql.join(
      keys.map((key, index) => orderBy(key, names[index])),
      comma,
    ),
    unique: names[keys.findIndex(({ column }) => column === order.column)],
  };
}

/**
 * The keys of a page whose order begins with a yes/no column and goes on: no index has both, but each half is in the
 * order of the second.
 */
async function keysByHalves(ctx: Context, entity: Entity, query: ListQuery, keys: SortKey[]): Promise<string[]> {
  const [{ column } = { column: entity.order.column }, ...rest] = keys;
  const { columns, ordered, unique } = named(keys, entity);
  const where = whereOf(ctx, entity, query);
  const inHalf = sql.join(
    rest.map((key) => orderBy(key)),
    sql`, `,
  );
  const half = (value: boolean) => sql`(select ${columns} from ${entity.table}
    where ${and(where, eq(column, value))} order by ${inHalf} limit ${offsetOf(query) + query.size})`;
  const { rows } = await ctx.db.execute<{ keys: string[] }>(sql`select array(
    select ${unique} from (${half(true)} union all ${half(false)}) as halves
    order by ${ordered} limit ${query.size} offset ${offsetOf(query)}) as keys`);
  return rows[0]?.keys ?? [];
}

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
  const limit = settings.list.exactTotal;
  const { columns, ordered, unique } = named(sortKeys(ctx, entity, query), entity);
  const { rows } = await ctx.db.execute<{ n: number; keys: string[] }>(sql`
    with matching as materialized (
      select ${columns} from ${entity.table} where ${whereOf(ctx, entity, query) ?? sql`true`} limit ${limit + 1})
    select (select count(*)::int from matching) as n, array(
      select ${unique} from matching order by ${ordered}
      limit ${query.size} offset ${offsetOf(query)}) as keys`);
  const { n = 0, keys = [] } = rows[0] ?? {};
  if (n > limit) return undefined;
  return { items: await rowsOf(ctx, entity, query, shown, as, keys), total: n, totalIsEstimate: false };
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

/**
 * One page of rows. It first finds the keys of the page, which indexes answer alone even far down the list, and reads
 * only those rows whole.
 * @param shown names of the relations to read
 */
async function readPage(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids",
): Promise<StoredRow[]> {
  const { table, order } = entity;
  const keys = sortKeys(ctx, entity, query);
  // More than the column itself and the end of every order.
  if (keys.length > 2 && keys[0]?.column.dataType === "boolean" && keys[0].column.notNull) {
    return rowsOf(ctx, entity, query, shown, as, await keysByHalves(ctx, entity, query, keys));
  }
  const ordered = orderOf(ctx, entity, query);
  const page = ctx.db
    .select({ key: order.column })
    .from(table)
    .where(whereOf(ctx, entity, query))
    .orderBy(...ordered)
    .limit(query.size)
    .offset(offsetOf(query))
    .as("page");
  return (await ctx.db
    .select(selection(entity, shown, as) as Record<string, SQL>)
    .from(page)
    .innerJoin(table, eq(order.column, page.key))
    .orderBy(...ordered)) as unknown as StoredRow[];
}

/** One page of an entity's rows, with `shown` relations by name or by id. */
export function listRows(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids" = "names",
): Promise<Page<StoredRow>> {
  if (!entity.readsReplica) return listIn(ctx, entity, query, shown, as);
  return onReplica(ctx.db, (db) => listIn({ ...ctx, db }, entity, query, shown, as));
}

async function listIn(
  ctx: Context,
  entity: Entity,
  query: ListQuery,
  shown: Iterable<string>,
  as: "names" | "ids",
): Promise<Page<StoredRow>> {
  if (entity.list) return entity.list(ctx, query);
  const where = whereOf(ctx, entity, query);
  const gathered = isSearch(entity, query) ? await gatherFew(ctx, entity, query, shown, as) : undefined;
  if (gathered?.items) return { ...gathered, items: await presented(ctx, entity, gathered.items) };
  const [items, total] = await Promise.all([
    readPage(ctx, entity, query, shown, as),
    gathered ?? totalOf(ctx.db, entity.table, where),
  ]);
  return { items: await presented(ctx, entity, items), ...total };
}
