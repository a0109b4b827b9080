import { randomBytes } from "node:crypto";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { connect } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { migrateDatabase } from "@/lib/db/migrate";
import { isAlive } from "@/lib/db/process-lock";
import { syncPermissions } from "@/lib/permissions/sync";

/**
 * Before all tests: a PostgreSQL server for tests only, and on it a migrated database that each test file copies. Several
 * runs at once share the server and nothing else.
 */

/** What losing power costs does not matter here; speed does. */
const RISKY_BUT_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the server without the name of a database. */
    testServerUrl: string;
    /** The migrated database to copy. Its name is the beginning of the names of the copies. */
    testTemplate: string;
  }
}

async function administer<T>(serverUrl: string, work: (run: (sql: string) => Promise<string[]>) => Promise<T>) {
  const client = await connect(`${serverUrl}/postgres`);
  try {
    return await work(async (sql) => (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name));
  } finally {
    await client.end();
  }
}

/** Drops the databases of runs that were killed: their names carry the id of the process. */
async function dropLeftovers(run: (sql: string) => Promise<string[]>): Promise<void> {
  for (const name of await run("select datname as name from pg_database where datname like 'test\\_%'")) {
    if (!isAlive(Number(name.split("_")[1]))) await run(`drop database if exists "${name}" with (force)`);
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await embeddedDatabase(path.resolve(".data/test-postgres"), RISKY_BUT_FAST);
  const serverUrl = server.url.slice(0, server.url.lastIndexOf("/"));
  const template = `test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await administer(serverUrl, async (run) => {
    await dropLeftovers(run);
    await run(`create database "${template}"`);
  });
  await migrateDatabase(`${serverUrl}/${template}`, async (db) => {
    await syncPermissions(db);
  });
  project.provide("testServerUrl", serverUrl);
  project.provide("testTemplate", template);
  return async () => {
    await administer(serverUrl, (run) => run(`drop database if exists "${template}" with (force)`));
    await server.release();
  };
}
