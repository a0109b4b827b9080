import { inArray, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "./client";

/** Rows that one statement deletes: it neither runs for long, nor keeps others waiting for its rows. */
const BATCH = 5_000;

/**
 * Deletes any number of rows, each batch by itself unless `db` is a transaction.
 * @param inHand what becomes of rows that somebody else has locked: they are waited for, or left
 */
export async function deleteInBatches(
  db: Database,
  table: PgTable & { id: PgColumn },
  where: SQL | undefined,
  inHand: "wait" | "skip",
): Promise<void> {
  const some = db
    .select({ id: table.id })
    .from(table)
    .where(where)
    .orderBy(table.id)
    .limit(BATCH)
    .for("update", inHand === "skip" ? { skipLocked: true } : {});
  let deleted: number;
  do deleted = (await db.delete(table).where(inArray(table.id, some))).rowCount ?? 0;
  while (deleted === BATCH);
}
