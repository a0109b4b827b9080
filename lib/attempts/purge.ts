import { and, eq, lte, type SQL, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import type { AttemptType } from "@/lib/auth/attempts/limits";
import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Context } from "@/lib/context";
import { deleteInBatches } from "@/lib/db/batches";
import type { Database } from "@/lib/db/client";
import { attemptBudgets, attempts, BUDGET_SCOPES } from "@/lib/db/schema/auth";

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
 * @param filter with the login id in its canonical form
 * @returns how many
 */
export async function deleteFromLog(
  db: Database,
  upTo: string,
  { loginId, type }: Pick<PurgeFilter, "loginId" | "type"> = {},
): Promise<number> {
  const place = sql`(${attempts.createdAt}, ${attempts.id})`;
  const at = (row: { createdAt: string; id: number }) => sql`(${row.createdAt}::timestamptz, ${row.id}::bigint)`;
  // What narrows the log down by an index also narrows down what has to be looked at; a type does not.
  const isOld = and(
    lte(attempts.createdAt, sql`${upTo}::timestamptz`),
    loginId === undefined ? undefined : eq(attempts.loginIdCanonical, loginId),
  );
  let deleted = 0;
  for (let after = { createdAt: "-infinity", id: 0 }; ; ) {
    const isNext = and(isOld, sql`${place} > ${at(after)}`);
    // From row to row of an index: the least and the greatest id of old rows can take a walk through all the others.
    const [last] = await db
      .select({ createdAt: sql<string>`${attempts.createdAt}::text`, id: attempts.id })
      .from(attempts)
      .where(isNext)
      .orderBy(attempts.createdAt, attempts.id)
      .offset(RANGE - 1)
      .limit(1);
    const part = and(isNext, last && sql`${place} <= ${at(last)}`, type && eq(attempts.type, type));
    deleted += (await db.delete(attempts).where(part)).rowCount ?? 0;
    if (!last) return deleted;
    after = last;
  }
}

/** A moment by the clock of the database, to the microsecond. */
export async function daysAgo(db: Database, days: number): Promise<string> {
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
    lte(
      olderThanDays === undefined ? attemptBudgets.createdAt : attemptBudgets.lastAttemptAt,
      sql`${upTo}::timestamptz`,
    ),
  );

async function deleteBudgets(db: Database, where: SQL | undefined): Promise<void> {
  // One scope a statement: an attempt holds an account while it waits for an address, and both would wait in a ring.
  // Accounts come first, as there, in case all this is part of a transaction.
  for (const scope of BUDGET_SCOPES) {
    await deleteInBatches(db, attemptBudgets, and(eq(attemptBudgets.scope, scope), where), "wait");
  }
}

/**
 * Forgets attempts: deletes them from the log, and the counts with their locks. Attempts that are made meanwhile stay.
 * @returns how many rows of the log are gone
 */
export async function purgeAttempts(ctx: Context, filter: PurgeFilter): Promise<number> {
  const { type, olderThanDays } = filter;
  const loginId = filter.loginId === undefined ? undefined : canonicalLoginId(filter.loginId);
  const upTo = await daysAgo(ctx.db, olderThanDays ?? 0);
  const deleted = await deleteFromLog(ctx.db, upTo, { ...filter, loginId });
  const told = { loginId, type, olderThanDays, deleted };
  // Before any lock is lifted: whatever happens then, it is known that one was.
  await recordAudit(ctx, {
    action: "purge",
    entity: "attempts",
    ...(loginId && { entityLabel: loginId }),
    changes: Object.fromEntries(
      Object.entries(told)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, { from: value, to: null }]),
    ),
  });
  await deleteBudgets(ctx.db, budgetsFor(filter, loginId, upTo));
  return deleted;
}
