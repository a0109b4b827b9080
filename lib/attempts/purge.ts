import { and, eq, gt, lte, max, min, type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import type { AttemptType } from "@/lib/auth/attempts/limits";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { type Context, inTransaction } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { attemptBudgets, attempts } from "@/lib/db/schema/auth";

/** Which attempts to forget; all conditions that are given hold. */
export type PurgeFilter = {
  /** In any spelling. */
  loginId?: string;
  /** 0 for everything until now. */
  olderThanDays?: number;
  type?: AttemptType;
};

/** Rows of the log that one statement looks at: however long the log is, none runs for long. */
const RANGE = 50_000;

/**
 * Deletes the rows of the log that match.
 * @param upTo the newest to delete
 * @returns how many
 */
export async function deleteFromLog(db: Database, upTo: Date | string, where?: SQL): Promise<number> {
  const isOld = lte(attempts.createdAt, sql`${upTo}::timestamptz`);
  const [range] = await db
    .select({ first: min(attempts.id), last: max(attempts.id) })
    .from(attempts)
    .where(isOld);
  let deleted = 0;
  for (let after = (range?.first ?? 0) - 1; after < (range?.last ?? -1); after += RANGE) {
    const part = and(gt(attempts.id, after), lte(attempts.id, after + RANGE), isOld, where);
    deleted += (await db.delete(attempts).where(part)).rowCount ?? 0;
  }
  return deleted;
}

/** A moment by the clock of the database, to the microsecond. */
async function daysAgo(db: Database, days: number): Promise<string> {
  const { rows } = await db.execute<{ at: string }>(
    sql`select (clock_timestamp() - make_interval(days => ${days}))::text as at`,
  );
  return rows[0]?.at ?? "";
}

/** What the budgets have to be to go with the log; without a lock they only hold counts. */
const budgetsFor = ({ olderThanDays, type }: PurgeFilter, loginId: string | undefined, upTo: string) =>
  and(
    type && eq(attemptBudgets.type, type),
    loginId === undefined ? undefined : and(eq(attemptBudgets.scope, "account"), eq(attemptBudgets.key, loginId)),
    olderThanDays === undefined ? undefined : lte(attemptBudgets.lastAttemptAt, sql`${upTo}::timestamptz`),
  );

/**
 * Forgets attempts: deletes them from the log, and the counts with their locks. Attempts that are made meanwhile stay.
 * @returns how many rows of the log are gone
 */
export async function purgeAttempts(ctx: Context, filter: PurgeFilter): Promise<number> {
  const { type, olderThanDays } = filter;
  const loginId = filter.loginId === undefined ? undefined : canonicalLoginId(filter.loginId);
  const upTo = await daysAgo(ctx.db, olderThanDays ?? 0);
  const matches = and(
    type && eq(attempts.type, type),
    loginId === undefined ? undefined : eq(attempts.loginIdCanonical, loginId),
  );
  const deleted = await deleteFromLog(ctx.db, upTo, matches);
  const told = { loginId, type, olderThanDays, deleted };
  await inTransaction(ctx, async (tx) => {
    await tx.db.delete(attemptBudgets).where(budgetsFor(filter, loginId, upTo));
    await recordAudit(tx, {
      action: "purge",
      entity: "attempts",
      ...(loginId && { entityLabel: loginId }),
      changes: Object.fromEntries(
        Object.entries(told)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, { from: value, to: null }]),
      ),
    });
  });
  return deleted;
}
