import { and, asc, eq, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { settings } from "@/lib/config/settings";
import type { Database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";

/** Who delivers which row of the outbox, decided by the database in single statements and by its clock. */

export type OutboxRow = typeof mailOutbox.$inferSelect;

const waits = and(isNull(mailOutbox.sentAt), isNull(mailOutbox.failedAt));
const due = and(waits, lte(mailOutbox.nextTryAt, sql`now()`));
const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;

async function claim(db: Database, which: SQL | undefined): Promise<OutboxRow | undefined> {
  const [row] = await db
    .update(mailOutbox)
    .set({ nextTryAt: inSeconds(settings.mail.leaseSeconds), tries: sql`${mailOutbox.tries} + 1` })
    .where(which)
    .returning();
  return row;
}

/** Takes the row that is due longest, so that for the time of the lease nobody else does. */
export function claimNext(db: Database): Promise<OutboxRow | undefined> {
  const next = db
    .select({ id: mailOutbox.id })
    .from(mailOutbox)
    .where(due)
    .orderBy(asc(mailOutbox.nextTryAt))
    .limit(1)
    .for("update", { skipLocked: true });
  return claim(db, eq(mailOutbox.id, next));
}

/** Takes the row with this id, if it is due. */
export const claimRow = (db: Database, id: string): Promise<OutboxRow | undefined> =>
  claim(db, and(eq(mailOutbox.id, id), due));

/** What became of a row that could not be taken. */
export async function stateOf(db: Database, id: string): Promise<"sent" | "failed" | "dropped" | "waiting"> {
  const [row] = await db.select().from(mailOutbox).where(eq(mailOutbox.id, id));
  if (!row) return "dropped";
  if (row.sentAt) return "sent";
  return row.failedAt ? "failed" : "waiting";
}

/** Seconds until the next try: doubled each time, with some chance in it so that not all come back at once. */
export function secondsToWait(tries: number): number {
  const { firstSeconds, longestSeconds, jitter } = settings.mail.retry;
  const steady = Math.min(firstSeconds * 2 ** (tries - 1), longestSeconds / (1 + jitter));
  return steady * (1 + jitter * Math.random());
}

/** The transport has taken the mail. */
export async function markSent(db: Database, { id }: OutboxRow): Promise<void> {
  await db.update(mailOutbox).set({ sentAt: sql`now()`, lastError: null }).where(eq(mailOutbox.id, id));
}

/** There is nothing to send any more. */
export async function dropRow(db: Database, { id }: OutboxRow): Promise<void> {
  await db.delete(mailOutbox).where(eq(mailOutbox.id, id));
}

/** The mail was not taken: another try follows, unless it was refused for good or has been tried for long enough. */
export async function markFailed(db: Database, row: OutboxRow, reason: string, isRefused: boolean): Promise<void> {
  const isTooOld = sql`${mailOutbox.createdAt} <= now() - make_interval(hours => ${settings.mail.giveUpHours})`;
  await db
    .update(mailOutbox)
    .set({
      lastError: reason,
      nextTryAt: inSeconds(secondsToWait(row.tries)),
      failedAt: sql`case when ${isRefused} or ${isTooOld} then now() end`,
    })
    // Whoever took it over when the lease had run out has the last word.
    .where(and(eq(mailOutbox.id, row.id), eq(mailOutbox.tries, row.tries), waits));
}

/** Deletes the rows that were done with long ago. */
export async function pruneOutbox(db: Database): Promise<void> {
  const longAgo = sql`now() - make_interval(days => ${settings.mail.keepDays})`;
  await db.delete(mailOutbox).where(
    and(
      // Implied by what follows, for the index.
      lte(mailOutbox.createdAt, longAgo),
      or(
        and(isNotNull(mailOutbox.sentAt), lte(mailOutbox.sentAt, longAgo)),
        and(isNotNull(mailOutbox.failedAt), lte(mailOutbox.failedAt, longAgo)),
      ),
    ),
  );
}
