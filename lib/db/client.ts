import type { Socket } from "node:net";
import { drizzle, type NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { Client, type ClientBase, Pool, type PoolConfig, type QueryConfig, type QueryResultRow } from "pg";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { logOf } from "@/lib/log/log";

/** The one file that speaks to the driver. */

const log = logOf("db");

/** The database, or a transaction running on it: verbs take either. */
export type Database = PgDatabase<NodePgQueryResultHKT>;

// Middleware, pages and handlers share one process but not one module graph: the pool is kept on globalThis. It is made
// at first use, never on import, because a build evaluates modules too.
const shared = globalThis as typeof globalThis & {
  gatehousePool?: { pool: Pool; db: Database };
  gatehouseDecisions?: Pool;
  gatehouseProbe?: Pool;
  gatehouseReplica?: { pool: Pool; db: Database };
};

// Compiling a list's query, or starting workers for it, takes longer than running it.
const PLANNING = "-c jit=off -c max_parallel_workers_per_gather=0";

/** Whether each transaction may have another connection to the server: what is set or prepared on one is gone then. */
const isPooled = () => config().DATABASE_POOLER === "transaction";

/** Sends every statement without its name. */
class Unprepared extends Client {
  /** Has many signatures, in all of which a name can only be in the first argument. */
  override query(...all: never[]): never {
    const [statement, ...rest] = all as unknown[] as [QueryConfig | string, ...unknown[]];
    const isNamed = typeof statement === "object" && statement.name !== undefined;
    const query = super.query as (...all: unknown[]) => never;
    return query.call(this, isNamed ? { ...statement, name: undefined } : statement, ...rest);
  }
}

const socketOf = (client: ClientBase) => (client as unknown as { connection: { stream: Socket } }).connection.stream;

/**
 * Ends a connection on which nothing comes for as long as its socket allows. The limits that the server keeps are of no use
 * where it has stopped, or where nothing that it sends comes through.
 */
function endWhenSilent(client: ClientBase): void {
  const socket = socketOf(client);
  const silent = () => Object.assign(new Error("The database has fallen silent"), { code: "ETIMEDOUT" });
  socket.on("timeout", () => socket.destroy(silent()));
}

/** How much longer than the server's own limit its answer may be on its way. */
const ON_ITS_WAY_MS = 2_000;

/** What the server is told when a connection begins; behind a pooler it is set for the role (docs/scaling.md). */
type Beginning = Pick<PoolConfig, "idle_in_transaction_session_timeout" | "options"> & { statement_timeout: number };

function openPool(config: PoolConfig, beginning: Beginning): Pool {
  const pool = new Pool({
    connectionString: databaseUrl(),
    connectionTimeoutMillis: 5_000,
    ...config,
    ...(isPooled() ? { Client: Unprepared } : beginning),
  });
  pool.on("connect", endWhenSilent);
  pool.on("acquire", (client) => socketOf(client).setTimeout(beginning.statement_timeout + ON_ITS_WAY_MS));
  // At rest, there is nothing to wait for.
  pool.on("release", (_, client) => socketOf(client).setTimeout(0));
  // Without a listener, a connection that the server ends while idle would end the whole process.
  pool.on("error", (error) => log.error("idle connection lost", { fault: error.message }));
  return pool;
}

function open(config: PoolConfig) {
  const beginning = { statement_timeout: 30_000, idle_in_transaction_session_timeout: 60_000, options: PLANNING };
  const pool = openPool(config, beginning);
  return { pool, db: drizzle({ client: pool }) };
}

/**
 * The address of the database of this process.
 * @throws Error when none is known
 */
export function databaseUrl(): string {
  const url = config().DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set and no embedded database was started.");
  return url;
}

/** The database of this process; connects lazily. */
export function database(): Database {
  shared.gatehousePool ??= open({ max: 10, application_name: "gatehouse" });
  return shared.gatehousePool.db;
}

/** The replica for reads; undefined where there is none. lib/db/replica.ts says when it may be asked. */
export function replicaDatabase(): Database | undefined {
  const connectionString = config().DATABASE_REPLICA_URL;
  if (!connectionString) return undefined;
  const own = { connectionString, max: 5, connectionTimeoutMillis: 1_000, application_name: "gatehouse reads" };
  shared.gatehouseReplica ??= open(own);
  return shared.gatehouseReplica.db;
}

/** A statement that is planned once a connection; its name stands for its text. */
export type Statement = { name: string; text: string };

/**
 * Runs one statement by itself, on connections that serve nothing else: what decides on sign-ins never waits for pages and
 * reports, never takes their connections away, is never part of a transaction that may be taken back, and gives up early.
 */
export async function decide<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
  shared.gatehouseDecisions ??= openPool(
    // Behind a pooler it is this side that gives up, and the server notices (client_connection_check_interval).
    { max: 5, application_name: "gatehouse decisions", ...(isPooled() && { query_timeout: 5_000 }) },
    { statement_timeout: 5_000, options: `${PLANNING} -c lock_timeout=4000` },
  );
  return (await shared.gatehouseDecisions.query<Row>({ ...statement, values })).rows;
}

/**
 * One connection for looking whether the database answers. It takes none from those who work, and gives up early, also
 * where the server has stopped in the middle of an answer.
 */
export function probe(): Database {
  const { databaseMs } = settings.health;
  const own = { max: 1, connectionTimeoutMillis: databaseMs, query_timeout: databaseMs };
  shared.gatehouseProbe ??= openPool(
    { ...own, application_name: "gatehouse probe" },
    { statement_timeout: databaseMs },
  );
  return drizzle({ client: shared.gatehouseProbe });
}

/** Ends all connections, for processes that want to exit (CLI, tests). */
export async function closeDatabase(): Promise<void> {
  const { gatehousePool, gatehouseReplica, gatehouseDecisions, gatehouseProbe } = shared;
  const pools = [gatehousePool?.pool, gatehouseReplica?.pool, gatehouseDecisions, gatehouseProbe];
  delete shared.gatehousePool;
  delete shared.gatehouseReplica;
  delete shared.gatehouseDecisions;
  delete shared.gatehouseProbe;
  await Promise.all(pools.map((pool) => pool?.end()));
}

/**
 * A connection of its own, for session-wide locks and administration; the caller ends it.
 * @param silentMs after so long without a word it is given up; by default never
 */
export async function connect(url: string, silentMs = 0): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: "gatehouse" });
  client.on("error", () => {
    // The next query on it reports the loss.
  });
  await client.connect();
  endWhenSilent(client);
  socketOf(client).setTimeout(silentMs);
  return client;
}

/** Drizzle over one connection, as opposed to the pool. */
export const over = (client: Client): Database => drizzle({ client });

type DriverError = { code?: string; message?: string };

function innermost(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

/** The driver's own error below the layers that wrap it. */
function driverError(error: unknown): DriverError {
  const inner = innermost(error);
  return inner instanceof Error ? (inner as DriverError) : {};
}

/**
 * Runs queries whose parameters must not reach a log: hashes of passwords and of cookies. Drizzle's own error quotes them;
 * what is thrown on is the driver's, which does not.
 */
export async function withoutParameters<T>(queries: Promise<T>): Promise<T> {
  try {
    return await queries;
  } catch (error) {
    // By its shape: the pool may come from another module graph, whose classes are not ours.
    throw error instanceof Error && "query" in error && "params" in error ? innermost(error) : error;
  }
}

/** SQLSTATE of a failure, or the code of the system's error behind it. */
export const codeOf = (error: unknown): string => driverError(error).code ?? "";

/** What the driver says of a failure, for logs: without the statement and its parameters, which hold people's data. */
export const faultOf = (error: unknown): string => driverError(error).message ?? String(error);

/** Whether `error` is a unique violation (SQLSTATE 23505). */
export const isUniqueViolation = (error: unknown): boolean => driverError(error).code === "23505";

/** Whether `error` says that another row refers to this one, or that one referred to is not there (SQLSTATE 23503). */
export const isForeignKeyViolation = (error: unknown): boolean => /^(23503|23001)$/.test(driverError(error).code ?? "");

/**
 * Whether `error` means "the database cannot be asked now": no connection, shutting down, out of connections, timed out,
 * read-only. Such failures end in a 503, never in "not found" or "wrong password".
 */
export function isUnavailable(error: unknown): boolean {
  const { code = "", message = "" } = driverError(error);
  return (
    /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH)/.test(code) ||
    /^(08|53|57|25006|55P03|40P01)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated|not queryable|Query read timeout/.test(message)
  );
}
