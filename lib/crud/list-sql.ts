import { and, asc, desc, eq, gte, like, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { FilterValue, ListFields, ListQuery } from "./list-query";

/**
 * How the fields of a list are found in the database. `column` serves sorting and the filters on its own values; `where`
 * is for filters that look elsewhere (a relation).
 */
export type ListColumns = Record<
  string,
  ListFields[string] & { column?: PgColumn; where?: (value: string) => SQL; canonical?: (text: string) => string }
>;

/** LIKE pattern for "contains", with its wildcards taken literally. */
const likePattern = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** SQL for "column contains text"; served by a trigram index where there is one. */
export const contains = (column: PgColumn, text: string): SQL => like(column, likePattern(text));

function filterSql({ filter, column, where, canonical }: ListColumns[string], value: FilterValue): SQL | undefined {
  if (where && typeof value === "string") return where(value);
  if (!column) return undefined;
  if (typeof value === "boolean") return eq(column, value);
  if (typeof value === "string") {
    return filter === "text" ? contains(column, canonical ? canonical(value) : value) : eq(column, value);
  }
  return and(
    value.from ? gte(column, sql`${value.from}::date::timestamp at time zone 'UTC'`) : undefined,
    value.to ? sql`${column} < (${value.to}::date + 1)::timestamp at time zone 'UTC'` : undefined,
  );
}

/** The condition of all filters of `query`. */
export function whereOf(query: ListQuery, columns: ListColumns): SQL | undefined {
  return and(
    ...Object.entries(query.filters).map(([name, value]) => {
      const column = columns[name];
      return column && filterSql(column, value);
    }),
  );
}

/**
 * The order of `query`, or the default, always ended by `tieBreaker` so that no row is shown twice or never. Empty values
 * come last in both directions.
 */
export function orderOf(query: ListQuery, columns: ListColumns, byDefault: PgColumn, tieBreaker: PgColumn): SQL[] {
  const wanted = query.sort.flatMap(({ field, descending }) => {
    const column = columns[field]?.column;
    if (!column) return [];
    const direction = descending ? desc(column) : asc(column);
    return [column.notNull ? direction : sql`${direction} nulls last`];
  });
  return [...(wanted.length > 0 ? wanted : [asc(byDefault)]), asc(tieBreaker)];
}

export const offsetOf = (query: ListQuery): number => (query.page - 1) * query.size;

/** What the URL and the browser may know of the columns: no SQL. */
export const fieldsOf = (columns: ListColumns): ListFields =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { sortable, filter }]) => [
      name,
      { ...(sortable && { sortable }), ...(filter && { filter }) },
    ]),
  );
