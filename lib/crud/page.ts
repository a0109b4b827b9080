import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { settings } from "@/lib/config/settings";
import type { Database } from "@/lib/db/client";

/** One page of a list. */
export type Page<Row> = {
  items: Row[];
  total: number;
  /** More rows match than are counted one by one: `total` is what the database's statistics say. */
  totalIsEstimate: boolean;
};

/** How many rows match. */
export type Total = Omit<Page<never>, "items">;

/** How many rows match, up to `limit`. */
async function countUpToLimit(db: Database, table: PgTable, where: SQL | undefined, limit: number): Promise<number> {
  const some = db.select({ one: sql`1` }).from(table).where(where).limit(limit).as("some");
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(some);
  return row?.n ?? 0;
}

/** Counts the matching rows up to `settings.list.exactTotal`. */
export async function countUpTo(db: Database, table: PgTable, where: SQL | undefined): Promise<Total> {
  const limit = settings.list.exactTotal;
  const n = await countUpToLimit(db, table, where, limit + 1);
  return { total: Math.min(n, limit), totalIsEstimate: n > limit };
}

/** How many rows match exactly, however long that takes. */
export async function countExactly(db: Database, table: PgTable, where: SQL | undefined): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(table).where(where);
  return row?.n ?? 0;
}

/** How many rows the planner expects: it knows from statistics, and does not look. */
export async function expectedRows(db: Database, table: PgTable, where: SQL | undefined): Promise<number> {
  const rows = db.select({ one: sql`1` }).from(table).where(where);
  const result = await db.execute<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    sql`explain (format json) ${rows}`,
  );
  return result.rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0;
}

/** The total of a list: counted up to `settings.list.exactTotal`, estimated beyond. */
export async function totalOf(db: Database, table: PgTable, where: SQL | undefined): Promise<Total> {
  const counted = await countUpTo(db, table, where);
  if (!counted.totalIsEstimate) return counted;
  return { total: Math.max(counted.total + 1, await expectedRows(db, table, where)), totalIsEstimate: true };
}
