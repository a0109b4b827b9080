import path from "node:path";
import { sql } from "drizzle-orm";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { connect, type Database, over } from "./client";

/** Any number; all processes of this app agree on it. */
const MIGRATION_LOCK = 7_411_2026;

// What next.config.ts includes, rather than whatever else a build would find in that folder.
const migrationsFolder = () => path.join(/* turbopackIgnore: true */ process.cwd(), "drizzle");

let own: MigrationMeta[] | undefined;

/** The migrations of this version; read once. */
const ownMigrations = () => {
  own ??= readMigrationFiles({ migrationsFolder: migrationsFolder() });
  return own;
};

/** The migrations of this version that have not been applied yet; all of them on an empty database. */
async function pending(db: Database): Promise<MigrationMeta[]> {
  const { rows: tables } = await db.execute(sql`select to_regclass('drizzle.__drizzle_migrations') as name`);
  const isEmpty = tables[0]?.name === null;
  const { rows } = isEmpty
    ? { rows: [] }
    : await db.execute<{ last: string | null }>(
        sql`select max(created_at)::text as last from drizzle.__drizzle_migrations`,
      );
  const last = Number(rows[0]?.last ?? 0);
  return ownMigrations().filter(({ folderMillis }) => folderMillis > last);
}

/** How many there are of them. */
export const pendingMigrations = async (db: Database): Promise<number> => (await pending(db)).length;

/** As drizzle-orm does it, except that it takes part in the transaction of `tx`, where that would begin one of its own. */
async function applyPending(tx: Database): Promise<void> {
  await tx.execute(sql`create schema if not exists drizzle`);
  await tx.execute(sql`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`);
  for (const { sql: statements, hash, folderMillis } of await pending(tx)) {
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await tx.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`,
    );
  }
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
      await applyPending(tx);
      await afterwards?.(tx, afterCommit);
    });
  } finally {
    await client.end();
  }
  for (const act of afterCommit) act();
}
