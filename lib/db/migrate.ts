import path from "node:path";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { connect, type Database, over } from "./client";

/** Any number; all processes of this app agree on it. */
const MIGRATION_LOCK = 7_411_2026;

/**
 * Applies pending migrations from `drizzle/`, then runs `afterwards` in the same turn. Any number of processes may call
 * this at the same moment: a session-wide advisory lock lets one in after the other.
 */
export async function migrateDatabase(url: string, afterwards?: (db: Database) => Promise<void>): Promise<void> {
  const client = await connect(url);
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    // Repeated starts would otherwise print "already exists, skipping".
    await client.query("set client_min_messages = warning");
    const db = over(client);
    await migrate(db, { migrationsFolder: path.join(process.cwd(), "drizzle") });
    await afterwards?.(db);
  } finally {
    await client.end();
  }
}
