import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { adopt } from "@/e2e/support/isolated";
import { freePort, type Run, stop } from "@/e2e/support/process";
import { type Server, startServer } from "@/e2e/support/server";
import { type Context, noRequest } from "@/lib/context";
import { closeDatabase, database } from "@/lib/db/client";
import { startHaproxy, startNginx, startPgbouncer } from "./between";
import { type Cluster, startCluster } from "./cluster";
import { end } from "./service";

/** The app on several machines, all of which are this one. */

export type ScaledSite = {
  /** By way of HAProxy, and the address that the app knows itself by. */
  url: string;
  /** By way of nginx. */
  nginxUrl: string;
  /** The processes by themselves. */
  apps: [Server, Server];
  cluster: Cluster;
  haproxy: Run;
  /** What every process of the app is given. */
  settings: Record<string, string>;
  /** Verbs of this process, behind the same pooler. */
  ctx: () => Context;
  /** Another process in the place of one that has ended. */
  restart: (which: 0 | 1) => Promise<void>;
  end: () => Promise<void>;
};

const portOf = ({ url }: Server) => new URL(url).port;

/** Both database servers tell what they are asked, by which it shows who was. */
const TELLING = ["log_statement=all"];

/**
 * @param more settings of the app, beside those that docs/scaling.md gives it
 * @param ofServers settings of the database servers
 */
export async function startScaledSite(more: Record<string, string> = {}, ofServers = TELLING): Promise<ScaledSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-scaling-"));
  chmodSync(folder, 0o755);
  const endings: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const endAll = async () => {
    for (const ending of endings.splice(0).reverse()) await ending();
  };
  const ends = <R extends Run>(run: R): R => {
    endings.push(() => end(run));
    return run;
  };
  try {
    const cluster = await startCluster(folder, ofServers);
    endings.push(cluster.end);
    const pgbouncer = ends(await startPgbouncer(folder, cluster));
    const [port, nginxPort] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const settings = {
      DATABASE_URL: pgbouncer.url,
      DATABASE_POOLER: "transaction",
      DATABASE_REPLICA_URL: cluster.replica.url,
      TRUSTED_PROXIES: "1",
      AUTH_SECRET: randomBytes(32).toString("base64"),
      AUTH_URL: url,
      ...more,
    };
    const startApp = (own = {}) => startServer(process.cwd(), pgbouncer.url, { ...settings, ...own });
    const apps = await Promise.all([startApp(), startApp()]);
    endings.push(async () => void (await Promise.all(apps.map(stop))));
    const ports = apps.map((app) => Number(portOf(app)));
    const haproxy = ends(await startHaproxy(folder, port, ports));
    ends(await startNginx(folder, nginxPort, ports));
    await closeDatabase();
    const restore = adopt(settings);
    endings.push(async () => {
      await closeDatabase();
      restore();
    });
    return {
      ...{ url, nginxUrl: `http://127.0.0.1:${nginxPort}`, apps, cluster, haproxy, settings },
      ctx: () => ({ actor: { kind: "cli" }, db: database(), request: noRequest }),
      restart: async (which) => {
        apps[which] = await startApp({ PORT: portOf(apps[which]) });
      },
      end: endAll,
    };
  } catch (error) {
    await endAll();
    throw error;
  }
}
