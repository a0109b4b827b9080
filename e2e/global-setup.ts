import { randomBytes } from "node:crypto";
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

type Part = { variables: Record<string, string>; stop: () => Promise<void> };

/** What only some tests look at, and what takes the longest to make: another app, and this one with a generated entity. */
async function startOthers(databaseUrl: string, settings: Record<string, string>): Promise<Part> {
  const [emptyApp, generated] = await Promise.all([buildEmptyApp(), buildGenerated()]);
  const server = await startServer(generated.folder, databaseUrl, settings);
  await onDatabase(databaseUrl, seedGenerated);
  return {
    variables: {
      E2E_EMPTY_APP: emptyApp,
      E2E_GENERATED_URL: server.url,
      E2E_GENERATED_DATABASE_URL: databaseUrl,
      E2E_GENERATED_CHECK: generated.check,
    },
    stop: () => stop(server),
  };
}

/** The app under test, and the same without its middleware. */
async function startMain(databaseUrl: string, settings: Record<string, string>): Promise<Part> {
  const withoutMiddleware = copyWithoutMiddleware();
  // The servers migrate the databases, as they would for a stranger.
  const [main, second] = await Promise.all([
    startServer(process.cwd(), databaseUrl, settings),
    startServer(withoutMiddleware, databaseUrl, settings),
  ]);
  await onDatabase(databaseUrl, seed);
  return {
    variables: {
      E2E_BASE_URL: main.url,
      E2E_WITHOUT_MIDDLEWARE_URL: second.url,
      E2E_DATABASE_URL: databaseUrl,
      // What is signed in the tests is signed as by the server under test.
      AUTH_URL: main.url,
    },
    stop: async () => void (await Promise.all([stop(main), stop(second)])),
  };
}

/** Databases of this run's own, production servers on them, and what the tests expect to find. */
export default async function globalSetup() {
  const embedded = await embeddedDatabase(path.resolve(".data/e2e-postgres"), ["fsync=off", "synchronous_commit=off"]);
  const name = `e2e_${process.pid}`;
  const admin = await connect(embedded.url);
  const names = [name, `${name}_generated`];
  for (const each of names) await admin.query(`create database ${each}`);
  const [url = "", generatedUrl = ""] = names.map((each) => embedded.url.replace(/gatehouse$/, each));

  const AUTH_SECRET = randomBytes(32).toString("base64");
  // Every test comes from the same address, and many of them fail to sign in on purpose.
  const settings = { ATTEMPT_IP_LIMIT: "0", AUTH_SECRET };
  const parts = [await startMain(url, settings)];
  if (process.env.E2E_PARTS !== "main") parts.push(await startOthers(generatedUrl, settings));
  Object.assign(process.env, { E2E_ADMIN_DATABASE_URL: embedded.url, AUTH_SECRET }, ...parts.map((p) => p.variables));

  return async () => {
    await Promise.all(parts.map((part) => part.stop()));
    for (const each of names) await admin.query(`drop database ${each} with (force)`);
    await admin.end();
    await embedded.release();
    removeCopies();
  };
}
