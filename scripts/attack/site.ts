import { randomBytes } from "node:crypto";
import path from "node:path";
import { stop } from "@/e2e/support/process";
import { startServer } from "@/e2e/support/server";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, connect } from "@/lib/db/client";
import { embeddedDatabase } from "@/lib/db/embedded";

export type Site = { url: string; output: () => string; stop: () => Promise<void> };

/**
 * The production build on loopback with an empty database of its own, to be attacked. Verbs of this process go to that
 * database until it is stopped, which drops it.
 */
export async function startSite(settings: Record<string, string> = {}): Promise<Site> {
  const embedded = await embeddedDatabase(path.resolve(".data/attack-postgres"), ["fsync=off"]);
  const name = `attack_${process.pid}`;
  const admin = await connect(embedded.url);
  await admin.query(`create database ${name}`);
  const databaseUrl = embedded.url.replace(/gatehouse$/, name);
  const all = { AUTH_SECRET: randomBytes(32).toString("base64"), SMTP_URL: "smtp://127.0.0.1:1", ...settings };
  const server = await startServer(process.cwd(), databaseUrl, all);
  Object.assign(process.env, all, { AUTH_URL: server.url });
  setDatabaseUrl(databaseUrl);
  return {
    url: server.url,
    output: server.output,
    stop: async () => {
      await stop(server);
      await closeDatabase();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await embedded.release();
    },
  };
}
