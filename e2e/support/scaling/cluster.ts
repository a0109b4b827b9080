import { appendFileSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, type Run } from "@/e2e/support/process";
import { connect } from "@/lib/db/client";
import { serverUser } from "@/lib/db/server-user";
import { deployed } from "./deployed";
import { program } from "./programs";
import { completeAsUser, end, startAsUser, until } from "./service";

/** A PostgreSQL that is written to, and a streaming replica of it, set up as docs/scaling.md says. */

export const PASSWORD = "of the role";

const HERE = "127.0.0.1/32";

type Database = { port: number; url: string; run: Run };

export type Cluster = {
  primary: Database;
  replica: Database;
  /** One statement as the administrator, on either. */
  ask: (on: "primary" | "replica", statement: string) => Promise<Record<string, unknown>[]>;
  end: () => Promise<void>;
};

const admin = (port: number) => `postgres://postgres@127.0.0.1:${port}`;

async function query(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = await connect(url);
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

function ownFolder(folder: string): string {
  mkdirSync(folder, { mode: 0o700 });
  const user = serverUser();
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** @param settings further ones, such as `log_statement=all` */
async function startServer(data: string, settings: string[]): Promise<Database> {
  const port = await freePort();
  const own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", ...settings];
  const args = ["-D", data, "-p", String(port), ...own.flatMap((setting) => ["-c", setting])];
  const run = startAsUser(program("postgres"), args);
  await until(run, async () => (await query(`${admin(port)}/postgres`, "select 1")).length === 1);
  return { port, url: `postgres://gatehouse:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/gatehouse`, run };
}

async function startPrimary(folder: string, settings: string[]): Promise<Database> {
  const data = ownFolder(path.join(folder, "primary"));
  const how = ["--no-sync", "-E", "UTF8", "--locale=C.UTF-8"];
  await completeAsUser(program("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", ...how]);
  appendFileSync(path.join(data, "postgresql.conf"), deployed("primary.conf"));
  const rules = deployed("pg_hba.conf", [
    ["10.0.0.0/24", HERE],
    ["10.0.0.0/24", HERE],
  ]);
  writeFileSync(path.join(data, "pg_hba.conf"), `${rules}host all postgres ${HERE} trust\n`);
  const primary = await startServer(data, settings);
  await query(
    `${admin(primary.port)}/postgres`,
    `create role gatehouse login password '${PASSWORD}'`,
    `create role replicator login replication password '${PASSWORD}'`,
    "create database gatehouse owner gatehouse",
  );
  await query(primary.url, deployed("role.sql"));
  return primary;
}

async function startReplica(folder: string, primary: Database, settings: string[]): Promise<Database> {
  const data = ownFolder(path.join(folder, "replica"));
  const from = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "replicator"];
  const how = ["-R", "-X", "stream", "-C", "-S", "gatehouse_replica", "-c", "fast", "--no-sync"];
  await completeAsUser(program("pg_basebackup"), [...from, "-D", data, ...how], { PGPASSWORD: PASSWORD });
  appendFileSync(path.join(data, "postgresql.conf"), deployed("replica.conf"));
  return startServer(data, settings);
}

/** @param folder one that all may enter; the data goes below it */
export async function startCluster(folder: string, settings: string[] = []): Promise<Cluster> {
  const primary = await startPrimary(folder, settings);
  const replica = await startReplica(folder, primary, settings);
  const port = { primary: primary.port, replica: replica.port };
  return {
    primary,
    replica,
    ask: (on, statement) => query(`${admin(port[on])}/gatehouse`, statement),
    end: async () => void (await Promise.all([replica, primary].map(({ run }) => end(run, "SIGINT")))),
  };
}
