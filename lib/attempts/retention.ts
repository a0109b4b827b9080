import { and, isNull, lte, or, sql } from "drizzle-orm";
import { attemptLimits } from "@/lib/auth/attempts/limits";
import { settings } from "@/lib/config/settings";
import { deleteInBatches } from "@/lib/db/batches";
import type { Database } from "@/lib/db/client";
import { ATTEMPT_TYPES, attemptBudgets } from "@/lib/db/schema/auth";
import { daysAgo, deleteFromLog } from "./purge";

const DAY_SECONDS = 86_400;

/** Seconds after which an attempt cannot matter to any budget, with a day to spare. */
function longestMemory(): number {
  const each = ATTEMPT_TYPES.map((type) => attemptLimits(type));
  return (
    DAY_SECONDS + Math.max(...each.flatMap(({ timespanSeconds, lockoutSeconds }) => [timespanSeconds, lockoutSeconds]))
  );
}

/** Budgets in which nothing is left that counts; what an attempt has in hand at this moment is not idle. */
function deleteIdleBudgets(db: Database): Promise<void> {
  const isIdle = and(
    lte(attemptBudgets.lastAttemptAt, sql`clock_timestamp() - make_interval(secs => ${longestMemory()})`),
    or(isNull(attemptBudgets.lockedUntil), lte(attemptBudgets.lockedUntil, sql`clock_timestamp()`)),
  );
  return deleteInBatches(db, attemptBudgets, isIdle, "skip");
}

/** Forgets attempts that were made longer ago than `settings.attempts.keepDays`, and budgets that are idle. */
export async function pruneAttempts(db: Database): Promise<void> {
  await deleteFromLog(db, await daysAgo(db, settings.attempts.keepDays));
  await deleteIdleBudgets(db);
}
