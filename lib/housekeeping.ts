import { setTimeout as pause } from "node:timers/promises";
import { pruneAccessTokens } from "@/lib/access-tokens/retention";
import { pruneAttempts } from "@/lib/attempts/retention";
import { type Database, database, faultOf } from "@/lib/db/client";
import { logOf } from "@/lib/log/log";
import { pruneSessions } from "@/lib/sessions/retention";

const log = logOf("housekeeping");

/** What nobody waits for: forgetting what has been kept for long enough. */

type Stop = () => Promise<void>;

type Jobs = Record<string, (db: Database) => Promise<void>>;

const jobs: Jobs = { attempts: pruneAttempts, sessions: pruneSessions, accessTokens: pruneAccessTokens };

const HOUR_MS = 3_600_000;
/** The first round comes within this time after the start, by chance, so that processes that start together do not meet. */
const FIRST_WITHIN_MS = 300_000;

/** Does every job once; what goes wrong in one is logged and keeps none of the others from being done. */
export async function keepHouse(db: Database, all: Jobs = jobs): Promise<void> {
  for (const [name, job] of Object.entries(all)) {
    await job(db).catch((error: unknown) => log.error(`${name} failed`, { fault: faultOf(error) }));
  }
}

// Next.js may load this file more than once in a process.
const shared = globalThis as typeof globalThis & { gatehouseHousekeeping?: Stop | undefined };

async function untilStopped(stopping: AbortSignal): Promise<void> {
  // A process at rest is not kept alive by this.
  const rest = (milliseconds: number) =>
    pause(milliseconds, undefined, { ref: false, signal: stopping }).catch(() => undefined);
  await rest(Math.random() * FIRST_WITHIN_MS);
  while (!stopping.aborted) {
    await keepHouse(database());
    await rest(HOUR_MS);
  }
}

function begin(): Stop {
  const stopping = new AbortController();
  const ended = untilStopped(stopping.signal);
  return async () => {
    stopping.abort();
    await ended;
    shared.gatehouseHousekeeping = undefined;
  };
}

/**
 * Keeps house from now on, every hour, once per process however often it is called.
 * @returns a function that ends it once the round that is under way is done
 */
export function startHousekeeping(): Stop {
  shared.gatehouseHousekeeping ??= begin();
  return shared.gatehouseHousekeeping;
}
