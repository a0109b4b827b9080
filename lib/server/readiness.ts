import { probe } from "@/lib/db/client";
import { pendingMigrations } from "@/lib/db/migrate";
import { logOf } from "@/lib/log/log";
import { isDraining } from "./draining";

/** Why this process should be sent no requests now; undefined where it should. */
type Reason = "Shutting down" | "The database does not answer" | "Migrations are pending" | undefined;

const log = logOf("health");

let asking: Promise<Reason> | undefined;
let last: Reason;

async function ask(): Promise<Reason> {
  try {
    return (await pendingMigrations(probe())) > 0 ? "Migrations are pending" : undefined;
  } catch {
    return "The database does not answer";
  }
}

/** One question at a time, however many want to know, and one line of the log when the answer changes. */
async function answer(): Promise<Reason> {
  const reason = await ask().finally(() => {
    asking = undefined;
  });
  if (reason !== last) log[reason ? "warn" : "info"](reason ? "not ready" : "ready again", { reason });
  last = reason;
  return reason;
}

/** @returns why no requests should come, after `settings.health.databaseMs` for each of two steps at most */
export async function whyNotReady(): Promise<Reason> {
  if (isDraining()) return "Shutting down";
  asking ??= answer();
  return asking;
}
