import path from "node:path";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { connect, type Database, over } from "./client";

/** Any number; all processes of this app agree on it. */
const MIGRATION_LOCK = 7_411_2026;

const migrationsFolder = () => path.join(process.cwd(), "drizzle");

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

/** Migrations take as long as they take, and as many as start at once wait for each other. */
const WITHOUT_BOUNDS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

/** What follows the migrations; what it leaves in `afterCommit` is done once all of it is certain. */
type Afterwards = (db: Database, afterCommit: (() => void)[]) => Promise<unknown>;

/**
 * Applies pending migrations from `drizzle/`, then runs `afterwards`, all in one transaction. Any number of processes may
 * call this at the same moment: an advisory lock lets one in after the other. It is one of the transaction, because a pooler
 * may lend the connection to others behind it (docs/decisions/0021).
 */
export async function migrateDatabase(url: string, afterwards?: Afterwards): Promise<void> {
  const client = await connect(url);
  const afterCommit: (() => void)[] = [];
  try {
    await over(client).transaction(async (tx) => {
      for (const name of WITHOUT_BOUNDS) await tx.execute(sql.raw(`set local ${name} = 0`));
      // Repeated starts would otherwise print "already exists, skipping".
      await tx.execute(sql`set local client_min_messages = warning`);
      await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await migrate(tx as Parameters<typeof migrate>[0], { migrationsFolder: migrationsFolder() });
      await afterwards?.(tx, afterCommit);
    });
  } finally {
    await client.end();
  }
  for (const act of afterCommit) act();
}
