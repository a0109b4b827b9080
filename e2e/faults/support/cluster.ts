import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "@playwright/test";
import { freePort } from "@/e2e/support/process";
import { connect } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { isAlive } from "@/lib/db/process-lock";

/** A PostgreSQL server of a test's own, which may be ended, paused and started again at the same address. */
export type Cluster = {
  /** Of its first database, as `E2E_ADMIN_DATABASE_URL` is. */
  url: string;
  /** Ends it: in order but at once, or as by a crash. */
  end: (how: "fast" | "crash") => Promise<void>;
  /** @param settings beside the usual ones, such as `max_connections=20` */
  start: (settings?: string[]) => Promise<void>;
  /** Stops all its processes where they are, or lets them go on. */
  pause: () => void;
  resume: () => void;
  /** One statement after the other on a connection of its own to `url`, which may always write. */
  run: (...statements: string[]) => Promise<void>;
  remove: () => Promise<void>;
};

const SIGNALS = { fast: "SIGINT", crash: "SIGQUIT" } as const;

/** A commit that was told is on disk as far as a crash of the server goes; only a crash of the machine needs fsync. */
const SETTINGS = ["fsync=off", "superuser_reserved_connections=0"];

const childrenOf = (pid: number): number[] =>
  execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));

/** Starts one. @param place a folder for its data that is there and empty; otherwise a new one */
export async function startCluster(place?: string): Promise<Cluster> {
  const folder = place ?? mkdtempSync(path.join(os.tmpdir(), "gatehouse-cluster-"));
  const dataDir = path.join(folder, "postgres");
  const port = await freePort();
  const postmaster = () => Number(readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n")[0]);
  const signalAll = (signal: NodeJS.Signals) => {
    const pid = postmaster();
    // The children last, or first when it goes on: the postmaster does not take their silence for their end.
    for (const each of [pid, ...childrenOf(pid)]) process.kill(each, signal);
  };
  let url = "";
  const cluster: Cluster = {
    get url() {
      return url;
    },
    async start(settings = []) {
      ({ url } = await embeddedDatabase(dataDir, [...SETTINGS, `port=${port}`, ...settings]));
    },
    async end(how) {
      const pid = postmaster();
      process.kill(pid, SIGNALS[how]);
      await expect.poll(() => isAlive(pid), { intervals: [10] }).toBe(false);
    },
    pause: () => signalAll("SIGSTOP"),
    resume: () => signalAll("SIGCONT"),
    async run(...statements) {
      const client = await connect(url);
      try {
        for (const each of ["set default_transaction_read_only = off", ...statements]) await client.query(each);
      } finally {
        await client.end();
      }
    },
    async remove() {
      await cluster.end("fast").catch(() => undefined);
      if (place === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}
