import { Unavailable } from "@/lib/errors";
import { connect, type Database, databaseUrl, over, withoutParameters } from "./client";

/** Results too large for memory, read bit by bit over a connection of their own, so that none is missing in the pool. */

/** How many results one process reads at once. Each costs the server a connection and a snapshot. */
const MOST_AT_ONCE = 4;

/** Longer than the server lets a batch take, or a reader stall. */
const SILENT_MS = 65_000;

type Connection = Awaited<ReturnType<typeof connect>>;

// One process has several module graphs: see client.ts.
const shared = globalThis as typeof globalThis & { gatehouseCursors?: number };

const count = (change: 1 | -1) => {
  shared.gatehouseCursors = (shared.gatehouseCursors ?? 0) + change;
};

/** The place is free again when the connection is gone, even if nobody comes to read its end. */
async function open(url: string): Promise<Connection> {
  if ((shared.gatehouseCursors ?? 0) >= MOST_AT_ONCE) throw new Unavailable();
  count(1);
  try {
    const client = await connect(url, SILENT_MS);
    client.once("end", () => count(-1));
    return client;
  } catch (error) {
    count(-1);
    throw error;
  }
}

// The server ends the session of a reader that stalls: an open snapshot keeps dead rows from being cleared away. The
// planner would take a cursor for something that is read a tenth of the way.
const BEGIN = `
  begin isolation level repeatable read read only;
  set local statement_timeout = '60s';
  set local idle_in_transaction_session_timeout = '60s';
  set local cursor_tuple_fraction = 1`;

/**
 * A connection that answers the one query it is asked, again and again, with the next `size` rows of the result. Drizzle
 * asks and maps the rows, so they are what the query gives anywhere else.
 */
function standIn(client: Connection, size: number) {
  let declared: string | undefined;
  let isAtEnd = false;
  async function query(statement: { text: string }, params: unknown[]) {
    if (declared === undefined) {
      declared = statement.text;
      await client.query(`declare batches no scroll cursor for ${statement.text}`, params);
    } else if (declared !== statement.text) {
      throw new Error("Only one query can be read in batches.");
    }
    const result = await client.query({ ...statement, text: `fetch forward ${size} from batches` });
    isAtEnd = result.rows.length < size;
    return result;
  }
  const connection: Connection = Object.create(client, { query: { value: query } });
  return { db: over(connection), isAsked: () => declared !== undefined, isAtEnd: () => isAtEnd };
}

/**
 * The rows of one query in batches, all of them as they were at one moment, whatever their number in flat memory. Rows
 * are mapped as anywhere else: a column gives what its type says (`Date`, arrays), bare `sql` needs `mapWith` for that.
 *
 * ```ts
 * for await (const rows of readInBatches((db) => db.select({ id: users.id }).from(users))) …
 * ```
 *
 * The connection is ended with the loop, however it is left. The server ends it when a batch takes longer than 60 seconds
 * to make, or is fetched later than 60 seconds after the one before; the next batch is an error then.
 * @param select makes the query on the database it is given, which is not the pool; it is called once for each batch, and
 *   may go on to change the rows
 * @param batchSize rows per batch
 * @param url another server than that of the app
 * @throws Unavailable before anything is asked, when this process reads four results already
 */
export async function* readInBatches<Row>(
  select: (db: Database) => PromiseLike<Row[]>,
  batchSize = 1000,
  url = databaseUrl(),
): AsyncGenerator<Row[], void, undefined> {
  const client = await open(url);
  try {
    await client.query(BEGIN);
    const { db, isAsked, isAtEnd } = standIn(client, batchSize);
    const ask = async () => withoutParameters(Promise.resolve(select(db)));
    let coming = ask();
    for (let isLast = false; !isLast; ) {
      const batch = await coming;
      // It would give all its rows, again and again.
      if (!isAsked()) throw new Error("The query must run on the database it is given.");
      isLast = isAtEnd();
      // The server makes the next one while the reader is busy with this one. Whoever comes for it is told what went wrong.
      if (!isLast) coming = ask();
      coming.catch(() => {});
      if (batch.length > 0) yield batch;
    }
  } finally {
    await client.end();
  }
}
