import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { env } from "@/e2e/fixtures";
import { setDatabaseUrl } from "@/lib/config/env";
import { type Context, noRequest } from "@/lib/context";
import { closeDatabase, connect, database } from "@/lib/db/client";
import { stop } from "./process";
import { productionEnv, type Server, startServer } from "./server";

/**
 * A production server with a database and settings of its own, for what depends on either. The settings are those of this
 * process too, so that its verbs sign, compose and decide as the server does.
 */
export type Isolated = {
  url: string;
  server: Server;
  databaseUrl: string;
  /** Verbs on its database. */
  ctx: () => Context;
  /** `npm run auth -- …` with the settings of the server. */
  auth: (args: string[], input?: string) => { code: number | null; out: string; err: string };
  /** Another server on the same database, with the same secret. */
  startAnother: (extra?: Record<string, string>) => Promise<Server>;
  end: () => Promise<void>;
};

async function onServer(adminUrl: string, statement: string): Promise<void> {
  const admin = await connect(adminUrl);
  await admin.query(statement);
  await admin.end();
}

/** Makes the settings those of this process. @returns what puts the old ones back */
export function adopt(settings: Record<string, string>): () => void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  setDatabaseUrl(settings.DATABASE_URL ?? "");
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    setDatabaseUrl(process.env.DATABASE_URL ?? "");
  };
}

/**
 * Starts one. Call it in `beforeAll` of a file in serial mode, and `end` in `afterAll`: verbs of this process go to one
 * database at a time.
 * @param name a word for the database
 * @param adminUrl of the database `gatehouse` on another server than that of all tests
 */
export async function startIsolated(
  name: string,
  settings: Record<string, string> = {},
  adminUrl = env("E2E_ADMIN_DATABASE_URL"),
): Promise<Isolated> {
  const databaseName = `e2e_${name}_${process.pid}`;
  await onServer(adminUrl, `create database ${databaseName}`);
  const databaseUrl = adminUrl.replace(/gatehouse$/, databaseName);
  const all = { AUTH_SECRET: randomBytes(32).toString("base64"), ...settings };
  const server = await startServer(process.cwd(), databaseUrl, all);
  // The pool may still point to another database.
  await closeDatabase();
  const own = { ...all, DATABASE_URL: databaseUrl, AUTH_URL: server.url };
  const restore = adopt(own);
  const others: Server[] = [];
  return {
    url: server.url,
    server,
    databaseUrl,
    ctx: () => ({ actor: { kind: "cli" }, db: database(), request: noRequest }),
    auth: (args, input = "") => {
      const variables = productionEnv(own);
      const command = ["--import", "tsx", "lib/cli/main.ts", ...args];
      const result = spawnSync(process.execPath, command, { input, encoding: "utf8", env: variables });
      return { code: result.status, out: result.stdout.trim(), err: result.stderr.trim() };
    },
    startAnother: async (extra = {}) => {
      const another = await startServer(process.cwd(), databaseUrl, { ...all, ...extra });
      others.push(another);
      return another;
    },
    end: async () => {
      await Promise.all([server, ...others].map(stop));
      await closeDatabase();
      restore();
      await onServer(adminUrl, `drop database ${databaseName} with (force)`);
    },
  };
}
