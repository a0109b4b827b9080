import path from "node:path";
import { setDatabaseUrl } from "@/lib/config/env";
import { noRequest } from "@/lib/context";
import { closeDatabase, connect, database } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { buildEmptyApp, buildWithoutMiddleware, removeCopies } from "./support/copies";
import { seed } from "./support/people";
import { stop } from "./support/process";
import { startServer } from "./support/server";

/** A database of this run's own, three production servers on it, and what the tests expect to find. */
export default async function globalSetup() {
  const embedded = await embeddedDatabase(path.resolve(".data/e2e-postgres"), ["fsync=off", "synchronous_commit=off"]);
  const name = `e2e_${process.pid}`;
  const admin = await connect(embedded.url);
  await admin.query(`create database ${name}`);
  const url = embedded.url.replace(/gatehouse$/, name);

  const [emptyApp, withoutMiddleware] = [await buildEmptyApp(), await buildWithoutMiddleware()];
  // The server migrates the database, as it would for a stranger.
  const main = await startServer(process.cwd(), url);
  const second = await startServer(withoutMiddleware, url);
  setDatabaseUrl(url);
  await seed({ actor: { kind: "cli" }, db: database(), request: noRequest });
  await closeDatabase();

  process.env.E2E_BASE_URL = main.url;
  process.env.E2E_WITHOUT_MIDDLEWARE_URL = second.url;
  process.env.E2E_EMPTY_APP = emptyApp;
  process.env.E2E_DATABASE_URL = url;
  process.env.E2E_ADMIN_DATABASE_URL = embedded.url;

  return async () => {
    await Promise.all([stop(main), stop(second)]);
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
    await embedded.release();
    removeCopies();
  };
}
