import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "./client";
import { type EmbeddedDatabase, EmbeddedDatabaseError, embeddedDatabase } from "./embedded";
import { isAlive } from "./process-lock";

const FAST = ["fsync=off"];

let folder: string;
let dataDir: string;
const attached: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-embedded-"));
  dataDir = path.join(folder, "postgres");
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const database of attached) await database.release();
  rmSync(folder, { recursive: true, force: true });
});

async function attach(): Promise<EmbeddedDatabase> {
  const database = await embeddedDatabase(dataDir, FAST);
  attached.push(database);
  return database;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connect(url);
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = () => Number(readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n")[0]);

/** A process of its own that is attached until it is killed. */
async function attachElsewhere(): Promise<{ child: ChildProcess; url: string }> {
  const module = JSON.stringify(path.join(import.meta.dirname, "embedded.ts"));
  const code = `const { embeddedDatabase } = await import(${module});
    const { url } = await embeddedDatabase(${JSON.stringify(dataDir)}, ${JSON.stringify(FAST)});
    console.log(url); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, url: String(line).trim() };
}

// These tests tell one story, in this order, about one data folder.
describe("embeddedDatabase", () => {
  it("starts on a new folder, where a half-made one is no obstacle", async () => {
    mkdirSync(`${dataDir}.new/base`, { recursive: true });
    writeFileSync(`${dataDir}.new/PG_VERSION`, "18");
    const { url, release } = await attach();
    await query(url, "create table notes (note text)");
    await query(url, "insert into notes values ('kept')");
    expect(existsSync(`${dataDir}.new`)).toBe(false);
    const pid = serverPid();
    await release();
    expect(isAlive(pid)).toBe(false);
    await expect(query(url, "select 1")).rejects.toThrow();
  });

  it("is shared by all who attach at the same moment, and stopped by the last who lets go", async () => {
    const [one, other, elsewhere] = await Promise.all([attach(), attach(), attachElsewhere()]);
    expect(other.url).toBe(one.url);
    expect(elsewhere.url).toBe(one.url);
    expect(await query(one.url, "select note from notes")).toEqual([{ note: "kept" }]);
    const pid = serverPid();
    await one.release();
    expect(await query(other.url, "select note from notes")).toEqual([{ note: "kept" }]);
    // Killed without a goodbye: it must not keep the server up for ever.
    elsewhere.child.kill("SIGKILL");
    await once(elsewhere.child, "exit");
    await gone(other.url);
    await other.release();
    expect(isAlive(pid)).toBe(false);
  });

  it("recovers at the next call when the server was killed", async () => {
    const before = await attach();
    await query(before.url, "checkpoint");
    const killed = serverPid();
    process.kill(killed, "SIGKILL");
    await until(() => !isAlive(killed));
    const [one, other] = await Promise.all([attach(), attach()]);
    const pid = serverPid();
    expect(pid).not.toBe(killed);
    expect(await query(one.url, "select note from notes")).toEqual([{ note: "kept" }]);
    // Belonged to the server that is no more, so it must not stop this one.
    await before.release();
    await one.release();
    expect(await query(other.url, "select note from notes")).toEqual([{ note: "kept" }]);
    await other.release();
    expect(isAlive(pid)).toBe(false);
  });

  it("says what to do when it cannot start", async () => {
    const broken = path.join(folder, "broken");
    mkdirSync(broken);
    const failure = await embeddedDatabase(broken, FAST).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmbeddedDatabaseError);
    expect(String(failure)).toContain("DATABASE_URL=postgres://");
    expect(existsSync(`${broken}.lock`)).toBe(false);
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}

/** Until the server has noticed that a process is gone: one attached user and this query are left. */
const gone = (url: string) =>
  until(async () => {
    const rows = await query(url, "select 1 from pg_locks where locktype = 'advisory'");
    return rows.length <= 1;
  });
