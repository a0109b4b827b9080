import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { logOf } from "@/lib/log/log";
import { codeOf, type Database, database, faultOf, isUnavailable, replicaDatabase } from "./client";

/**
 * Reads from a streaming replica, for what may be large and decides on nothing. A replica is asked only once it has all
 * that was committed when the read began; so it never shows less than somebody has just saved (docs/decisions/0021).
 */

const log = logOf("db");

// One process has several module graphs: see client.ts.
const shared = globalThis as typeof globalThis & {
  gatehouseReplicaState?: { fault: string | undefined; restsUntil: number };
};

const state = () => (shared.gatehouseReplicaState ??= { fault: undefined, restsUntil: 0 });

/** One line of the log when the replica drops out, and one when it is back. */
function note(fault: string | undefined): void {
  const known = state();
  if (fault && !known.fault) log.warn("the replica is not asked", { fault });
  if (!fault && known.fault) log.info("the replica is asked again");
  known.fault = fault;
}

/** Leaves the replica alone for a while. */
function rest(error: unknown): void {
  state().restsUntil = performance.now() + settings.replica.restSeconds * 1000;
  note(faultOf(error));
}

/** Up to where the primary has made changes certain. */
export async function certainUpTo(primary: Database): Promise<string> {
  const { rows } = await primary.execute<{ at: string }>(sql`select pg_current_wal_flush_lsn()::text as at`);
  return rows[0]?.at ?? "";
}

const NO_REPLICA = "it takes part in no replication: it is a server of its own";

/** How many bytes of changes the replica lacks of what the primary had at `at`. @throws Error where it is no replica */
export async function bytesBehind(replica: Database, at: string): Promise<number> {
  const { rows } = await replica.execute<{ is_replica: boolean; behind: string | null }>(sql`
    select pg_is_in_recovery() as is_replica, pg_wal_lsn_diff(${at}::pg_lsn, pg_last_wal_replay_lsn())::text as behind`);
  const [row] = rows;
  if (!row?.is_replica || row.behind === null) throw new Error(NO_REPLICA);
  return Math.max(0, Number(row.behind));
}

/** Waits a moment for the replica to have all that the primary has now. @returns whether it does */
export async function catchesUp(replica: Database, primary: Database): Promise<boolean> {
  const at = await certainUpTo(primary);
  const deadline = performance.now() + settings.replica.waitMs;
  while ((await bytesBehind(replica, at)) > 0) {
    if (performance.now() > deadline) return false;
    await pause(5);
  }
  return true;
}

/** The replica, if `primary` is the database of the app and not a transaction, whose own changes are nowhere else yet. */
async function replicaOf(primary: Database): Promise<Database | undefined> {
  const replica = replicaDatabase();
  if (!replica || primary !== database() || performance.now() < state().restsUntil) return undefined;
  try {
    const isCurrent = await catchesUp(replica, primary);
    note(isCurrent ? undefined : "it lags behind");
    return isCurrent ? replica : undefined;
  } catch (error) {
    rest(error);
    return undefined;
  }
}

/** Whether the primary may answer what the replica has not. A statement that took too long would take as long there. */
const isFaultOfReplica = (error: unknown) =>
  codeOf(error) === "40001" || (isUnavailable(error) && codeOf(error) !== "57014");

/** What `read` gives on the replica, or on `primary` where there is none, where it lags, and where it fails. */
export async function onReplica<T>(primary: Database, read: (db: Database) => Promise<T>): Promise<T> {
  const replica = await replicaOf(primary);
  if (!replica) return read(primary);
  try {
    return await read(replica);
  } catch (error) {
    if (!isFaultOfReplica(error)) throw error;
    rest(error);
    return read(primary);
  }
}

/**
 * The same for what comes bit by bit. Once there is a first bit, the rest comes from where it began, or not at all.
 * @param read is given the address of the server too, if it is not that of the app
 */
export async function* inBatchesOnReplica<T>(
  primary: Database,
  read: (db: Database, url?: string) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const replica = await replicaOf(primary);
  let hasBegun = false;
  try {
    if (replica) {
      for await (const batch of read(replica, config().DATABASE_REPLICA_URL)) {
        hasBegun = true;
        yield batch;
      }
      return;
    }
  } catch (error) {
    if (hasBegun || !isFaultOfReplica(error)) throw error;
    rest(error);
  }
  yield* read(primary);
}
