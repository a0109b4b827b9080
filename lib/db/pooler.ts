import { inArray, sql } from "drizzle-orm";
import { connect, type Database, faultOf } from "./client";

/** What can be known of a pooler between the app and PostgreSQL. */

/** Whether PgBouncer has refused what a connection begins with where no pooler was declared. */
export const isPoolerRefusal = (error: unknown): boolean => /unsupported startup parameter/.test(faultOf(error));

/** Whether the server process that answers at `url` is another than the one that has said hello. */
export async function isBehindPooler(url: string): Promise<boolean> {
  const client = await connect(url);
  try {
    // The driver keeps it for requests to cancel a statement.
    const { processID } = client as typeof client & { processID: number };
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    return rows[0]?.pid !== processID;
  } finally {
    await client.end();
  }
}

const isBounded = (value: string) => value !== "0";
const is = (wanted: string) => (value: string) => value === wanted;

/** What connections ask for when they begin, and the role has to bring where a pooler keeps them from asking. */
const NEEDED: Record<string, (value: string) => boolean> = {
  client_connection_check_interval: isBounded,
  statement_timeout: isBounded,
  idle_in_transaction_session_timeout: isBounded,
  jit: is("off"),
  max_parallel_workers_per_gather: is("0"),
};

/** Names of the settings that the role should have (docs/scaling.md) and has not. */
export async function missingRoleSettings(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ name: string; setting: string }>(
    sql`select name, setting from pg_settings where ${inArray(sql`name`, Object.keys(NEEDED))} order by name`,
  );
  return rows.filter(({ name, setting }) => !NEEDED[name]?.(setting)).map(({ name }) => name);
}
