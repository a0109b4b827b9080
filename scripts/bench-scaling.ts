import { stop } from "@/e2e/support/process";
import { type ScaledSite, startScaledSite } from "@/e2e/support/scaling/site";
import { startServer } from "@/e2e/support/server";
import { signInBy, told } from "@/e2e/support/sign-in";
import { findPrincipal } from "@/lib/auth/session";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser } from "@/lib/testing/factories";
import { lineOf } from "./bench/figure";
import { load, median, quantile, repeat } from "./bench/http";
import { administrator, growTo } from "./bench/people";

/**
 * `npm run bench:scaling`: what stands between costs, and what a second process and a replica bring, on this one machine.
 * Needs the servers that the tests below e2e/scaling need.
 */

const USERS = 50_000;
const PASSWORD = "a long walk in the rain";
const ROUNDS = 3;

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const tell = (name: string, value: number, unit: string) => console.log(lineOf({ name, value, unit }));

type Way = { name: string; url: string; origin: string };

async function pages(ways: Way[], cookie: string): Promise<void> {
  const asking = { path: "/account", headers: { cookie } };
  for (const connections of [1, 16]) {
    const found = ways.map(() => ({ perSecond: [] as number[], typical: [] as number[], slow: [] as number[] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [n, { url }] of ways.entries()) {
        const times = await load(url, asking, connections, 3);
        found[n]?.perSecond.push(times.perSecond);
        found[n]?.typical.push(median(times));
        found[n]?.slow.push(quantile(times.sorted, 0.99));
      }
    }
    for (const [n, { name }] of ways.entries()) {
      const at = `guarded page, ${connections} at once, ${name}`;
      tell(at, middle(found[n]?.perSecond ?? []), "/s");
      tell(`${at}: median`, middle(found[n]?.typical ?? []), "ms");
      tell(`${at}: p99`, middle(found[n]?.slow ?? []), "ms");
    }
  }
}

async function signIns(ways: Way[], loginIds: string[]): Promise<void> {
  for (const { name, url, origin } of ways) {
    const signIn = await signInBy(url, origin);
    const times: number[] = [];
    const began = performance.now();
    const one = async (loginId: string) => {
      for (let n = 0; n < 25; n += 1) {
        const start = performance.now();
        if (told([await signIn(loginId, PASSWORD)]).in !== 1) throw new Error(`${name}: nobody is in`);
        times.push(performance.now() - start);
      }
    };
    await Promise.all(loginIds.map(one));
    tell(`sign-ins, 8 at once, ${name}`, times.length / ((performance.now() - began) / 1000), "/s");
    const sorted = times.sort((a, b) => a - b);
    tell(`sign-ins, 8 at once, ${name}: p99`, quantile(sorted, 0.99), "ms");
  }
}

async function authority(name: string, settings: Record<string, string>, cookie: string): Promise<void> {
  const token = cookie.split("=")[1] ?? "";
  await withEnvironment(settings, async () => {
    const times: number[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const start = performance.now();
      if (!(await findPrincipal(token))) throw new Error("nobody");
      times.push(performance.now() - start);
    }
    tell(`session, user and permissions, ${name}`, middle(times), "ms");
  });
}

async function exportOf(name: string, url: string, cookie: string): Promise<void> {
  const asking = { path: "/admin/users/export?format=csv", headers: { cookie } };
  tell(`export of ${USERS.toLocaleString("en")} users, ${name}`, median(await repeat(url, asking, 3)), "ms");
}

async function measure(site: ScaledSite): Promise<void> {
  await growTo(`${site.cluster.primary.url}?options=-c%20statement_timeout%3D0`, USERS);
  const cookie = await administrator();
  const loginIds = await Promise.all(
    Array.from({ length: 8 }, async () => (await createTestUser({ password: PASSWORD })).loginId),
  );
  const straight = { DATABASE_URL: site.cluster.primary.url, DATABASE_POOLER: "none", DATABASE_REPLICA_URL: "" };
  const alone = await startServer(process.cwd(), site.cluster.primary.url, { ...site.settings, ...straight });
  const origin = site.url;
  const [pooled] = site.apps;
  const ways = [
    { name: "1 process", url: alone.url, origin },
    { name: "1 process, PgBouncer", url: pooled.url, origin },
    { name: "HAProxy, 2 processes, PgBouncer", url: site.url, origin },
    { name: "nginx, 2 processes, PgBouncer", url: site.nginxUrl, origin },
  ];
  try {
    await authority("prepared, straight", { ...site.settings, ...straight }, cookie);
    await authority("unprepared, PgBouncer", site.settings, cookie);
    await pages(ways, cookie);
    await signIns(ways, loginIds);
    await exportOf("from the primary", alone.url, cookie);
    await exportOf("from the replica", pooled.url, cookie);
  } finally {
    await stop(alone);
  }
}

const settings = { ATTEMPT_IP_LIMIT: "0", EMAIL_ENABLED: "false", LOG_LEVEL: "warn" };
const site = await startScaledSite(settings, ["shared_buffers=256MB"]);
try {
  await measure(site);
} finally {
  await site.end();
}
