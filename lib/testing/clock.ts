import { closeDatabase, connect, databaseUrl } from "@/lib/db/client";

/** A clock of a test database that stands still until the test moves it. */
export type TestClock = {
  /** Moves it by so many milliseconds, backwards too. */
  advance: (milliseconds: number) => Promise<void>;
  /** Ends the connection that it is moved by. */
  release: () => Promise<void>;
};

/**
 * Takes the clock of this file's test database in hand: what asks `clock_timestamp()` or `now()` from here on is told a time
 * that passes only by `advance`. Column defaults go on with the real one. Call it after `setUpTestDatabase`, in a hook.
 */
export async function holdClock(): Promise<TestClock> {
  const client = await connect(databaseUrl());
  // A schema that is looked up before PostgreSQL's own: the app's SQL stays as it is.
  await client.query(`
    create schema held_clock;
    create table held_clock.moment (at timestamptz not null);
    insert into held_clock.moment values (clock_timestamp());
    create function held_clock.clock_timestamp() returns timestamptz language sql as 'select at from held_clock.moment';
    create function held_clock.now() returns timestamptz language sql as 'select at from held_clock.moment';
    do $$ begin execute format('alter database %I set search_path = held_clock, pg_catalog, public', current_database()); end $$`);
  // Connections keep the search path that they began with.
  await closeDatabase();
  return {
    advance: async (milliseconds) => {
      await client.query("update held_clock.moment set at = at + make_interval(secs => $1 / 1000.0)", [milliseconds]);
    },
    release: () => client.end(),
  };
}
