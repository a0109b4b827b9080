import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { connect, type Database } from "./client";
import { migrateDatabase } from "./migrate";

const server = inject("testServerUrl");

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connect(url);
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

let name: string;
let url: string;
beforeEach(async () => {
  name = `${inject("testTemplate")}_${randomBytes(6).toString("hex")}`;
  url = `${server}/${name}`;
  await query(`${server}/postgres`, `create database "${name}"`);
});
afterEach(async () => {
  await query(`${server}/postgres`, `drop database "${name}"`);
});

const TABLES = [
  ...["accounts", "attempt_budgets", "attempts", "audit_events", "bundle_permissions", "bundles", "group_bundles"],
  ...["group_permissions", "groups", "mail_outbox", "permissions", "sessions", "user_bundles", "user_groups"],
  ...["user_permissions", "users"],
];

const tables = async () =>
  (await query(url, "select tablename from pg_tables where schemaname = 'public' order by 1")).map(
    ({ tablename }) => tablename,
  );

const applied = () => query(url, "select hash from drizzle.__drizzle_migrations");

const journal = JSON.parse(readFileSync(path.resolve("drizzle/meta/_journal.json"), "utf8")) as { entries: unknown[] };

it("makes the tables", async () => {
  await migrateDatabase(url);
  expect(await tables()).toEqual(expect.arrayContaining(TABLES));
  expect(await applied()).toHaveLength(journal.entries.length);
});

it("has nothing to do the second time", async () => {
  await migrateDatabase(url);
  await query(url, "insert into permissions (token, description) values ('kept', 'kept')");
  await migrateDatabase(url);
  expect(await applied()).toHaveLength(journal.entries.length);
  expect(await query(url, "select token from permissions")).toEqual([{ token: "kept" }]);
});

it("bears several processes that start at the same moment, and lets one in after the other", async () => {
  let inside = 0;
  let most = 0;
  const turns: number[] = [];
  await Promise.all(
    [1, 2, 3, 4].map((turn) =>
      migrateDatabase(url, async (db) => {
        inside += 1;
        most = Math.max(most, inside);
        const { rows } = await db.execute(sql`select tablename from pg_tables where schemaname = 'public'`);
        expect(rows.map(({ tablename }) => tablename)).toEqual(expect.arrayContaining(TABLES));
        turns.push(turn);
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(turns.sort()).toEqual([1, 2, 3, 4]);
  expect(await applied()).toHaveLength(journal.entries.length);
});

it("lets go of its turn when what follows fails, and leaves nothing behind", async () => {
  const told: string[] = [];
  const failing = migrateDatabase(url, async (_db, afterCommit) => {
    afterCommit.push(() => told.push("failed"));
    throw new Error("after all not");
  });
  await expect(failing).rejects.toThrow("after all not");
  expect(await tables()).toEqual([]);
  await migrateDatabase(url, async (_db, afterCommit) => afterCommit.push(() => told.push("done")));
  expect(told).toEqual(["done"]);
});

it("heeds no bounds that the role has", async () => {
  await query(url, `alter database "${name}" set statement_timeout = 1`);
  const slowly = async (db: Database) => {
    const { rows } = await db.execute(sql`select pg_sleep(0.05), current_setting('lock_timeout') as bound`);
    expect(rows).toMatchObject([{ bound: "0" }]);
  };
  await migrateDatabase(url, slowly);
});

it("migrations follow each other in time, or a database that has a later one would pass over an earlier one", () => {
  const { entries } = JSON.parse(readFileSync("drizzle/meta/_journal.json", "utf8")) as { entries: { when: number }[] };
  const times = entries.map(({ when }) => when);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});
