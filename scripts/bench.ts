import { mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { stop } from "@/e2e/support/process";
import { type Server, startServer } from "@/e2e/support/server";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, connect } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { migrateDatabase } from "@/lib/db/migrate";
import { syncPermissions } from "@/lib/permissions/sync";
import { inBrowser } from "./bench/browser";
import { type Figure, isMet, lineOf, RATIO, regressions } from "./bench/figure";
import { limiter } from "./bench/limiter";
import { megabytes } from "./bench/memory";
import { administrator, growTo } from "./bench/people";
import { readReport, saveReport } from "./bench/report";
import * as section from "./bench/sections";
import { buildSite } from "./bench/site";

/**
 * `npm run bench [-- sizes…]`: what the app costs on this machine, with 1,000, 100,000 and 1,000,000 users unless other sizes
 * are given. Ratios of one run are compared with those in docs/benchmarks.json; `-- --save` writes them there.
 */

const isSaving = process.argv.includes("--save");
const given = process.argv.slice(2).map(Number).filter(Number.isFinite);
const SIZES = given.length > 0 ? given : [1_000, 100_000, 1_000_000];

const figures: Figure[] = [];

function tell(title: string, found: Figure[]): void {
  console.log(`\n${title}`);
  for (const figure of found) console.log(lineOf(figure));
  figures.push(...found.map((figure) => ({ section: title, ...figure })));
}

/** Starts the server some times. @returns the last of them, and what a start took in the middle */
async function coldStart(folder: string, url: string): Promise<{ server: Server; seconds: number }> {
  const all: number[] = [];
  for (;;) {
    const start = performance.now();
    const server = await startServer(folder, url, { ATTEMPT_IP_LIMIT: "0", LOG_LEVEL: "warn" });
    all.push((performance.now() - start) / 1000);
    if (all.length === 3) return { server, seconds: all.sort((a, b) => a - b)[1] ?? Number.NaN };
    await stop(server);
  }
}

type Listed = Awaited<ReturnType<typeof section.lists>>;

function growth(first: Listed, now: Listed, size: number): Figure[] {
  const people = size.toLocaleString("en");
  const smallest = (SIZES[0] ?? 0).toLocaleString("en");
  return [...now].flatMap(([name, { ms, atMost }]): Figure[] => [
    { name: `${name}, ${people}`, value: ms, unit: "ms" },
    {
      name: `${name}, ${people} ÷ ${smallest}`,
      value: ms / (first.get(name)?.ms ?? Number.NaN),
      unit: RATIO,
      target: { atMost },
    },
  ]);
}

/** Left to itself, Node.js lets garbage lie for as long as the machine has room: a quarter of its memory, up to 4 GB. */
const BOUNDED = "--max-old-space-size=256 --max-semi-space-size=32";

function memoryFigures(idle: number, free: [number, number], held: [number, number]): Figure[] {
  return [
    { name: "after the start", value: idle, unit: "MB", target: { atMost: 150 } },
    { name: "under load, as much as Node.js takes here", value: Math.max(...free), unit: "MB" },
    { name: "under load, with a heap of 256 MB", value: Math.max(...held), unit: "MB", target: { atMost: 300 } },
    { name: "the same, twice as many requests ÷ half", value: held[1] / held[0], unit: RATIO, target: { atMost: 1.1 } },
  ];
}

async function measure(folder: string, url: string): Promise<void> {
  await growTo(url, 0);
  const { server, seconds } = await coldStart(folder, url);
  const idle = megabytes(server.child.pid);
  setDatabaseUrl(url);
  const site = { url: server.url, pid: server.child.pid, cookie: await administrator() };
  tell("Start", [{ name: "start to the first answer", value: seconds, unit: "s", target: { atMost: 1.2 } }]);
  tell("Scripts", await section.scripts(site));
  tell("In a browser", await inBrowser(site));
  tell("A guarded page", await section.guardedPage(site));
  tell("Signing in", await section.signingIn(site));
  let first: Listed | undefined;
  for (const size of SIZES) {
    await growTo(url, size);
    const listed = await section.lists(site, size);
    first ??= listed;
    tell(`Lists of ${size.toLocaleString("en")} users`, growth(first, listed, size));
    tell(`Permissions among ${size.toLocaleString("en")} users`, await section.principalQuery(site));
  }
  tell("Limits on attempts", await limiter());
  tell("Export", await section.exporting(site, await section.countUsers()));
  const free = await section.underLoad(site);
  await stop(server);
  const bounded = await startServer(folder, url, { ATTEMPT_IP_LIMIT: "0", LOG_LEVEL: "warn", NODE_OPTIONS: BOUNDED });
  const held = await section.underLoad({ ...site, url: bounded.url, pid: bounded.child.pid });
  await stop(bounded);
  tell("Memory", memoryFigures(idle, free, held));
}

async function onFreshDatabase(work: (url: string) => Promise<void>): Promise<void> {
  mkdirSync(".data", { recursive: true });
  const embedded = await embeddedDatabase(path.resolve(".data/bench-postgres"), ["shared_buffers=512MB"]);
  const admin = await connect(embedded.url);
  await admin.query("drop database if exists bench with (force)");
  await admin.query("create database bench");
  try {
    await work(embedded.url.replace(/gatehouse$/, "bench"));
  } finally {
    await closeDatabase();
    await admin.query("drop database if exists bench with (force)");
    await admin.end();
    await embedded.release();
  }
}

const folder = await buildSite();
await onFreshDatabase(async (url) => {
  await migrateDatabase(url, async (db) => void (await syncPermissions(db)));
  await measure(folder, url);
});

const machine = `${os.cpus()[0]?.model ?? "?"}, ${os.availableParallelism()} cores, Node.js ${process.version}`;
const worse = isSaving ? [] : regressions(figures, readReport().figures);
if (isSaving) saveReport({ machine, figures });
const missed = figures.filter((figure) => isMet(figure) === false).length;
console.log(`\n${machine}\n${figures.filter(isMet).length} targets met, ${missed} missed.`);
for (const each of worse) console.log(`worse than before: ${each}`);
process.exitCode = worse.length > 0 ? 1 : 0;
