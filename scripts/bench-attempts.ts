import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { limitAttempt } from "@/lib/auth/attempts/limiter";
import { setDatabaseUrl } from "@/lib/config/env";
import { noRequest } from "@/lib/context";
import { closeDatabase, connect, database } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { migrateDatabase } from "@/lib/db/migrate";
import { Blocked } from "@/lib/errors";

/**
 * `npm run bench:attempts [rows]`: what the limiter costs, with an empty log and with one of so many old rows (10,000,000), on
 * a database of its own that is dropped afterwards.
 */

const ROWS = Number(process.argv[2] ?? 10_000_000);
const SECONDS = 5;
const AT_ONCE = 16;
const PROCESSES = 2;
const HOT = "hot@example.com";

let serial = 0;
const attempt = (loginId: string, isRight: boolean) =>
  limitAttempt(
    { actor: { kind: "system" }, db: database(), request: { ...noRequest, ip: null } },
    { type: "login", loginId, isSuccess: Boolean },
    async () => isRight,
  );
const newKey = () => {
  serial += 1;
  return `${process.pid}-${serial}@example.com`;
};

const kinds = {
  "failures on new keys": () => attempt(newKey(), false),
  "successes on new keys": () => attempt(newKey(), true),
  "refusals on one locked key": () =>
    attempt(HOT, true).catch((error: unknown) => {
      if (!(error instanceof Blocked)) throw error;
    }),
};
type Kind = keyof typeof kinds;

/** How many attempts of a kind this process gets done in a second, with some at once. */
async function rate(kind: Kind): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  let done = 0;
  const one = async () => {
    for (; performance.now() < until; done += 1) await kinds[kind]();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return done / SECONDS;
}

/** Milliseconds of each of some attempts of a kind, one after the other. */
async function times(kind: Kind, count: number): Promise<number[]> {
  const each: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const begin = performance.now();
    await kinds[kind]();
    each.push(performance.now() - begin);
  }
  return each.sort((a, b) => a - b);
}

/** A process that measures a rate for each kind that it is told. */
async function serve(): Promise<void> {
  process.stdout.write("ready\n");
  for await (const kind of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await rate(kind as Kind)}\n`);
  }
  await closeDatabase();
}

async function helpers(url: string): Promise<{ child: ChildProcess; lines: AsyncIterator<string> }[]> {
  const all = Array.from({ length: PROCESSES }, () => {
    const args = ["--import", "tsx", path.resolve("scripts/bench-attempts.ts"), "--serve"];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["pipe", "pipe", "inherit"],
    });
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of all) await lines.next();
  return all;
}

async function measure(url: string, title: string): Promise<void> {
  console.log(`\n${title}`);
  for (let n = 0; n < 15; n += 1) await attempt(HOT, false).catch(() => undefined);
  for (const kind of Object.keys(kinds) as Kind[]) await times(kind, 200);
  const running = await helpers(url);
  for (const kind of Object.keys(kinds) as Kind[]) {
    const alone = await times(kind, 1000);
    const at = (share: number) => (alone[Math.floor(alone.length * share)] ?? Number.NaN).toFixed(2);
    for (const { child } of running) child.stdin?.write(`${kind}\n`);
    const rates = await Promise.all(running.map(async ({ lines }) => Number((await lines.next()).value)));
    const sum = Math.round(rates.reduce((total, each) => total + each, 0)).toLocaleString("en");
    console.log(
      `  ${kind.padEnd(28)} ${at(0.5)} ms median, ${at(0.99)} ms p99 · ${sum} a second by ${PROCESSES} processes`,
    );
  }
  for (const { child } of running) {
    child.stdin?.end();
    await once(child, "exit");
  }
}

async function bench(): Promise<void> {
  const embedded = await embeddedDatabase(path.resolve(".data/bench-postgres"));
  const admin = await connect(embedded.url);
  await admin.query("drop database if exists bench with (force)");
  await admin.query("create database bench");
  const url = embedded.url.replace(/gatehouse$/, "bench");
  setDatabaseUrl(url);
  await migrateDatabase(url, async () => {});
  await measure(url, "with an empty log");
  const client = await connect(url);
  // Indexes of words take long to grow row by row, and a moment to make anew.
  const { rows } = await client.query<{ name: string; definition: string }>(
    "select indexname as name, indexdef as definition from pg_indexes where tablename = 'attempts' and indexdef like '%gin%'",
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  await client.query(
    `insert into attempts (type, login_id_canonical, ip, created_at)
     select 'login', 'user-' || n % 1000000 || '@example.com', '198.51.' || n % 256 || '.' || n / 256 % 256,
       now() - make_interval(secs => n) from generate_series(1, $1::int) n`,
    [ROWS],
  );
  await client.query("set maintenance_work_mem = '512MB'");
  for (const { definition } of rows) await client.query(definition);
  await client.query("vacuum analyze attempts");
  await client.end();
  await measure(url, `with ${ROWS.toLocaleString("en")} old rows`);
  await closeDatabase();
  await admin.query("drop database bench with (force)");
  await admin.end();
  await embedded.release();
}

await (process.argv[2] === "--serve" ? serve() : bench());
