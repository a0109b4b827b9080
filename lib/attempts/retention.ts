import { and, gt, inArray, isNull, lte, not, or, sql } from "drizzle-orm";
import { attemptLimits } from "@/lib/auth/attempts/limits";
import { settings } from "@/lib/config/settings";
import type { Database } from "@/lib/db/client";
import { ATTEMPT_TYPES, attemptBudgets } from "@/lib/db/schema/auth";
import { deleteFromLog } from "./purge";

/** Budgets that one statement deletes. */
const BATCH = 5_000;

const DAY_SECONDS = 86_400;

/** Seconds after which an attempt cannot matter to any budget, with a day to spare. */
function longestMemory(): number {
  const each = ATTEMPT_TYPES.map((type) => attemptLimits(type));
  return (
    DAY_SECONDS + Math.max(...each.flatMap(({ timespanSeconds, lockoutSeconds }) => [timespanSeconds, lockoutSeconds]))
  );
}

/** Budgets in which nothing is left that counts. */
async function deleteIdleBudgets(db: Database): Promise<void> {
  const isLocked = gt(attemptBudgets.lockedUntil, sql`clock_timestamp()`);
  const idle = db
    .select({ id: attemptBudgets.id })
    .from(attemptBudgets)
    .where(
      and(
        lte(attemptBudgets.lastAttemptAt, sql`clock_timestamp() - make_interval(secs => ${longestMemory()})`),
        or(isNull(attemptBudgets.lockedUntil), not(isLocked)),
      ),
    )
    .limit(BATCH)
    // What an attempt has in hand at this moment is not idle.
    .for("update", { skipLocked: true });
  let deleted: number;
  do deleted = (await db.delete(attemptBudgets).where(inArray(attemptBudgets.id, idle))).rowCount ?? 0;
  while (deleted === BATCH);
}

/** Forgets attempts that were made longer ago than `settings.attempts.keepDays`, and budgets that are idle. */
export async function pruneAttempts(db: Database): Promise<void> {
  const keep = sql`clock_timestamp() - make_interval(days => ${settings.attempts.keepDays})`;
  const { rows } = await db.execute<{ at: string }>(sql`select (${keep})::text as at`);
  if (rows[0]) await deleteFromLog(db, rows[0].at);
  await deleteIdleBudgets(db);
}
