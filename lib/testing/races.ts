import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { type Context, inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { testContext } from "./context";

/** Races whose course is certain: on connections of their own, and ordered by the locks that they wait for. */

async function waitingConnections(): Promise<number> {
  const { rows } = await database().execute<{ count: number }>(sql`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]?.count ?? Number.NaN;
}

/**
 * Lets `first` go ahead of `second`: `first` is done in a transaction that is committed only once `second` has begun and
 * waits for it. Fails if `second` does not wait.
 *
 * ```ts
 * const outcome = await overtaken((tx) => deleteIn(tx, groups, [id]), () => updateRecord(…));
 * expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
 * ```
 *
 * @returns how `second` ended
 */
export async function overtaken<T>(
  first: (tx: Context) => Promise<unknown>,
  second: () => Promise<T>,
): Promise<PromiseSettledResult<T>> {
  const { pending } = await inTransaction(testContext(), async (tx) => {
    await first(tx);
    const begun = Promise.allSettled([second()]);
    await expect.poll(waitingConnections, { timeout: 10_000, interval: 5 }).toBe(1);
    return { pending: begun };
  });
  const [outcome] = await pending;
  return outcome;
}

/** How many of the outcomes of a race are successes. */
export const successesIn = (outcomes: readonly PromiseSettledResult<unknown>[]): number =>
  outcomes.filter(({ status }) => status === "fulfilled").length;

/** Why the others failed. */
export const failuresIn = (outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
