import { and, eq, exists, gte, ilike, like, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Context } from "@/lib/context";
import { type Entity, type EntityTable, type Field, visibleFields } from "./entity";
import type { FilterValue, ListFields, ListQuery } from "./list-query";
import type { Relation } from "./relations";

/** LIKE pattern for "contains", with its wildcards taken literally. */
export const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** SQL for "column contains text"; served by a trigram index where there is one. */
export const contains = (column: PgColumn, text: string): SQL => like(column, likePattern(text));

const holds = (ctx: Context, table: EntityTable, { link, holder, held }: Relation, id: string): SQL =>
  exists(
    ctx.db
      .select({ one: sql`1` })
      .from(link)
      .where(and(eq(holder, table.id), eq(held, id))),
  );

function filterSql(ctx: Context, table: EntityTable, field: Field, value: FilterValue): SQL | undefined {
  const { filter, relation, canonical } = field;
  if (relation) return holds(ctx, table, relation, String(value));
  const column = field.compared ?? field.column;
  if (!column) return undefined;
  if (typeof value === "boolean") return eq(column, value);
  if (typeof value === "string") {
    if (filter !== "text") return eq(column, value);
    return canonical ? contains(column, canonical(value)) : ilike(column, likePattern(value));
  }
  if (column.getSQLType() === "date") {
    return and(value.from ? gte(column, value.from) : undefined, value.to ? sql`${column} <= ${value.to}` : undefined);
  }
  return and(
    value.from ? gte(column, sql`${value.from}::date::timestamp at time zone 'UTC'`) : undefined,
    value.to ? sql`${column} < (${value.to}::date + 1)::timestamp at time zone 'UTC'` : undefined,
  );
}

/** The condition of the search and of all filters of `query`, on fields that the actor may know of, among its records. */
export function whereOf(ctx: Context, entity: Entity, query: Pick<ListQuery, "q" | "filters">): SQL | undefined {
  const fields = new Map(visibleFields(ctx, entity));
  return and(
    entity.where?.(),
    query.q ? entity.search?.(query.q) : undefined,
    ...Object.entries(query.filters).map(([name, value]) => {
      const field = fields.get(name);
      return field && filterSql(ctx, entity.table, field, value);
    }),
  );
}

export type SortKey = { column: PgColumn; isDown: boolean };

/**
 * The columns of the order of `query`, or of the default, always ended by the entity's unique column so that no row is
 * shown twice or never. It ends in the direction of the last sort, so that one index serves both directions.
 */
export function sortKeys(ctx: Context, entity: Entity, query: Pick<ListQuery, "sort">): SortKey[] {
  const fields = new Map(visibleFields(ctx, entity));
  const keysOf = (sort: ListQuery["sort"]) =>
    sort.flatMap(({ field: name, descending: isDown }): SortKey[] => {
      const field = fields.get(name);
      const column = field?.sortable ? (field.compared ?? field.column) : undefined;
      return column ? [{ column, isDown }] : [];
    });
  const asked = keysOf(query.sort);
  const wanted = asked.length > 0 ? asked : keysOf(entity.defaultSort ?? []);
  const { column } = entity.order;
  if (wanted.some((key) => key.column === column)) return wanted;
  return [...wanted, { column, isDown: wanted.at(-1)?.isDown ?? false }];
}

/** One key of an order, on the column itself or on what stands for it. Empty values come last in both directions. */
export function orderBy({ column, isDown }: SortKey, expression: SQLWrapper = column): SQL {
  if (!isDown) return sql`${expression} asc`;
  return column.notNull ? sql`${expression} desc` : sql`${expression} desc nulls last`;
}

/** The order of `query` as SQL. */
export const orderOf = (ctx: Context, entity: Entity, query: Pick<ListQuery, "sort">): SQL[] =>
  sortKeys(ctx, entity, query).map((key) => orderBy(key));

export const offsetOf = (query: Pick<ListQuery, "page" | "size">): number => (query.page - 1) * query.size;

/** What the URL and the browser may know of an entity's list: no SQL. */
export const listFieldsOf = (ctx: Context, entity: Entity): ListFields =>
  Object.fromEntries(
    visibleFields(ctx, entity).map(([name, { sortable, filter, choices, list }]) => [
      name,
      {
        ...(sortable && { sortable }),
        ...(filter && { filter }),
        ...(choices && { choices }),
        ...(list && { isColumn: true }),
      },
    ]),
  );
