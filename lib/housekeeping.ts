import { setTimeout as pause } from "node:timers/promises";
import { pruneAccessTokens } from "@/lib/access-tokens/retention";
import { pruneAttempts } from "@/lib/attempts/retention";
import { type Database, database, faultOf } from "@/lib/db/client";
import { pruneSessions } from "@/lib/sessions/retention";

/** What nobody waits for: forgetting what has been kept for long enough. */

type Jobs = Record<string, (db: Database) => Promise<void>>;

const jobs: Jobs = { attempts: pruneAttempts, sessions: pruneSessions, accessTokens: pruneAccessTokens };

const HOUR_MS = 3_600_000;
/** The first round comes within this time after the start, by chance, so that processes that start together do not meet. */
const FIRST_WITHIN_MS = 300_000;

/** Does every job once; what goes wrong in one is logged and keeps none of the others from being done. */
export async function keepHouse(db: Database, all: Jobs = jobs): Promise<void> {
  for (const [name, job] of Object.entries(all)) {
    await job(db).catch((error: unknown) => console.error(`[housekeeping] ${name}:`, faultOf(error)));
  }
}

// Next.js may load this file more than once in a process.
const shared = globalThis as typeof globalThis & { gatehouseHousekeeping?: Promise<never> };

async function forever(): Promise<never> {
  // A process at rest is not kept alive by this.
  const rest = (milliseconds: number) => pause(milliseconds, undefined, { ref: false });
  await rest(Math.random() * FIRST_WITHIN_MS);
  for (;;) {
    await keepHouse(database());
    await rest(HOUR_MS);
  }
}

/** Keeps house from now on, every hour, once per process however often it is called. */
export function startHousekeeping(): void {
  shared.gatehouseHousekeeping ??= forever();
}
