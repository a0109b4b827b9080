import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, database, databaseUrl } from "@/lib/db/client";
import { setUpTestDatabase } from "@/lib/testing/database";
import { recordLog } from "@/lib/testing/log";
import { startUnreliableProxy, type UnreliableProxy } from "@/lib/testing/unreliable-proxy";
import { whyNotReady } from "./readiness";

setUpTestDatabase();
const logged = recordLog();

let proxy: UnreliableProxy;
beforeAll(async () => {
  await migrate(database() as never, { migrationsFolder: "drizzle" });
  proxy = await startUnreliableProxy(databaseUrl());
  await closeDatabase();
  setDatabaseUrl(proxy.url);
});
afterAll(async () => {
  await closeDatabase();
  await proxy.close();
});

const MIGRATIONS = sql`drizzle.__drizzle_migrations`;

it("is ready with its migrations applied, and says nothing of it", async () => {
  expect(await whyNotReady()).toBeUndefined();
  expect(logged()).toEqual([]);
});

describe("a migration", () => {
  it("that is not applied yet is told, once", async () => {
    await database().execute(sql`update ${MIGRATIONS} set created_at = created_at - 1`);
    expect(await whyNotReady()).toBe("Migrations are pending");
    expect(await whyNotReady()).toBe("Migrations are pending");
    expect(logged()).toEqual(["[health] not ready (reason=Migrations are pending)"]);
    await database().execute(sql`update ${MIGRATIONS} set created_at = created_at + 1`);
    expect(await whyNotReady()).toBeUndefined();
  });

  it("of a later version is no obstacle for an earlier one", async () => {
    await database().execute(sql`insert into ${MIGRATIONS} (hash, created_at) values ('later', 9999999999999)`);
    expect(await whyNotReady()).toBeUndefined();
    await database().execute(sql`delete from ${MIGRATIONS} where hash = 'later'`);
  });
});

describe("a database", () => {
  const ask = () => Promise.all([whyNotReady(), whyNotReady(), whyNotReady()]);
  const silence = Array(3).fill("The database does not answer");

  it("that stops in the middle is told of, and so is one that takes connections only; then it is well again", async () => {
    expect(await whyNotReady()).toBeUndefined();
    proxy.hang(true);
    // Over the connection that was there, then over a new one: without an own time limit these would wait for ever.
    expect(await ask()).toEqual(silence);
    expect(await ask()).toEqual(silence);
    proxy.hang(false);
    expect(await ask()).toEqual([undefined, undefined, undefined]);
  });

  it("that refuses connections is told of", async () => {
    proxy.fail(2);
    expect(await whyNotReady()).toBe("The database does not answer");
    await expect.poll(whyNotReady).toBeUndefined();
  });
});
