import path from "node:path";
import { setDatabaseUrl } from "@/lib/config/env";
import { type Context, noRequest } from "@/lib/context";
import { closeDatabase, connect, database } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";
import { buildEmptyApp, buildGenerated, copyWithoutMiddleware, removeCopies } from "./support/copies";
import { seedGenerated } from "./support/generated";
import { seed } from "./support/people";
import { stop } from "./support/process";
import { startServer } from "./support/server";

/** Verbs on the database at `url`, until they are done. */
async function onDatabase(url: string, work: (ctx: Context) => Promise<void>): Promise<void> {
  setDatabaseUrl(url);
  await work({ actor: { kind: "cli" }, db: database(), request: noRequest });
  await closeDatabase();
}

/** Databases of this run's own, production servers on them, and what the tests expect to find. */
export default async function globalSetup() {
  const embedded = await embeddedDatabase(path.resolve(".data/e2e-postgres"), ["fsync=off", "synchronous_commit=off"]);
  const name = `e2e_${process.pid}`;
  const admin = await connect(embedded.url);
  const names = [name, `${name}_generated`];
  for (const each of names) await admin.query(`create database ${each}`);
  const [url = "", generatedUrl = ""] = names.map((each) => embedded.url.replace(/gatehouse$/, each));

  const withoutMiddleware = copyWithoutMiddleware();
  const [emptyApp, generated] = await Promise.all([buildEmptyApp(), buildGenerated()]);
  // Every test comes from the same address, and many of them fail to sign in on purpose.
  const settings = { ATTEMPT_IP_LIMIT: "0" };
  // The servers migrate the databases, as they would for a stranger.
  const [main, second, third] = await Promise.all([
    startServer(process.cwd(), url, settings),
    startServer(withoutMiddleware, url, settings),
    startServer(generated.folder, generatedUrl, settings),
  ]);
  await onDatabase(url, seed);
  await onDatabase(generatedUrl, seedGenerated);

  process.env.E2E_BASE_URL = main.url;
  process.env.E2E_WITHOUT_MIDDLEWARE_URL = second.url;
  process.env.E2E_GENERATED_URL = third.url;
  process.env.E2E_GENERATED_DATABASE_URL = generatedUrl;
  process.env.E2E_GENERATED_CHECK = generated.check;
  process.env.E2E_EMPTY_APP = emptyApp;
  process.env.E2E_DATABASE_URL = url;
  process.env.E2E_ADMIN_DATABASE_URL = embedded.url;

  return async () => {
    await Promise.all([stop(main), stop(second), stop(third)]);
    for (const each of names) await admin.query(`drop database ${each} with (force)`);
    await admin.end();
    await embedded.release();
    removeCopies();
  };
}
