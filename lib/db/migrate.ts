import path from "node:path";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { connect, type Database, over } from "./client";

/** Any number; all processes of this app agree on it. */
const MIGRATION_LOCK = 7_411_2026;

// What next.config.ts includes, rather than whatever else a build would find in that folder.
const migrationsFolder = () => path.join(/* turbopackIgnore: true */ process.cwd(), "drizzle");

let own: number[] | undefined;

/** When each migration of this version was made; read once. */
const ownMigrations = () => {
  own ??= readMigrationFiles({ migrationsFolder: migrationsFolder() }).map(({ folderMillis }) => folderMillis);
  return own;
};

/** How many migrations of this version have not been applied yet; all of them on an empty database. */
export async function pendingMigrations(db: Database): Promise<number> {
  const { rows: tables } = await db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') as name`);
  const isEmpty = tables[0]?.name === null;
  const { rows } = isEmpty
    ? { rows: [] }
    : await db.execute<{ last: string | null }>(
        sql`select max(created_at)::text as last from drizzle.__drizzle_migrations`,
      );
  const last = Number(rows[0]?.last ?? 0);
  return ownMigrations().filter((madeAt) => madeAt > last).length;
}

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
    await migrate(db, { migrationsFolder: migrationsFolder() });
    await afterwards?.(db);
  } finally {
    await client.end();
  }
}
