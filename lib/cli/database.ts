import path from "node:path";
import { config, setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { migrateDatabase } from "@/lib/db/migrate";
import { syncPermissions } from "@/lib/permissions/sync";

/** Where development keeps its database, below the project's folder. */
export const DATA_DIR = path.join(".data", "postgres");

/**
 * Makes sure that this process has a database: the configured one, or in development the embedded one, attached to or
 * started, and brought up to date.
 * @returns a function that lets go of it
 */
export async function openDatabase(): Promise<() => Promise<void>> {
  const { DATABASE_URL } = config();
  if (DATABASE_URL) return closeDatabase;
  const embedded = await embeddedDatabase(path.resolve(DATA_DIR));
  setDatabaseUrl(embedded.url);
  await migrateDatabase(embedded.url, (db, afterCommit) => syncPermissions(db, { afterCommit }));
  return async () => {
    await closeDatabase();
    await embedded.release();
  };
}
