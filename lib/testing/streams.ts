import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { database } from "@/lib/db/client";

/** Everything that comes, for tests. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/** How many connections of `readInBatches` to the test database the server knows. */
export async function openCursors(): Promise<number> {
  const { rows } = await database().execute<{ count: number }>(sql`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and query like '%fetch forward%' and pid <> pg_backend_pid()`);
  return rows[0]?.count ?? Number.NaN;
}

/** Fails unless all such connections are closed; the server forgets one shortly after the client has ended it. */
export const expectNoCursors = () => expect.poll(openCursors, { timeout: 10_000 }).toBe(0);
