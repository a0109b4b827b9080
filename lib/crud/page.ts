import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { settings } from "@/lib/config/settings";
import type { Database } from "@/lib/db/client";

/** One page of a list. */
export type Page<Row> = {
  items: Row[];
  total: number;
  /** There are more matching rows than `total` says; counting them all would cost more than it tells. */
  totalIsEstimate: boolean;
};

/** Counts the matching rows up to `settings.list.exactTotal`. */
export async function countUpTo(
  db: Database,
  table: PgTable,
  where: SQL | undefined,
): Promise<Omit<Page<never>, "items">> {
  const limit = settings.list.exactTotal;
  const some = db
    .select({ one: sql`1` })
    .from(table)
    .where(where)
    .limit(limit + 1)
    .as("some");
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(some);
  const n = row?.n ?? 0;
  return { total: Math.min(n, limit), totalIsEstimate: n > limit };
}
