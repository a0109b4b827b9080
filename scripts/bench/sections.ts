import http from "node:http";
import { gzipSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import { isIn, signInBy } from "@/e2e/support/sign-in";
import { hashPassword } from "@/lib/auth/password";
import { findPrincipal } from "@/lib/auth/session";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { createTestUser } from "@/lib/testing/factories";
import { type Figure, RATIO } from "./figure";
import { ask, load, median, quantile, repeat } from "./http";
import { megabytes } from "./memory";
import { forgetAttempts } from "./people";

/** What is measured, a section each. */

/** The site under test: its address, its process, and the cookie of an administrator. */
export type Site = { url: string; pid: number | undefined; cookie: string };

const SECONDS = 4;
const ROUNDS = 3;
const MEMORY_SECONDS = 30;

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** The median of many runs of `work`, in milliseconds. */
async function medianOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push(await timed(work));
  return middle(all);
}

/** Alternating rounds, so that a slow moment of the machine meets both. */
export async function guardedPage({ url, cookie }: Site): Promise<Figure[]> {
  const open = { path: "/bench-open", headers: { cookie } };
  const guarded = { path: "/bench-guarded", headers: { cookie } };
  const figures: Figure[] = [];
  for (const asking of [open, guarded]) await load(url, asking, 4, 2);
  for (const connections of [1, 16]) {
    const times: Record<"open" | "guarded", number[]> = { open: [], guarded: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.open.push(median(await load(url, open, connections, SECONDS)));
      times.guarded.push(median(await load(url, guarded, connections, SECONDS)));
    }
    const [plain, asked] = [middle(times.open), middle(times.guarded)];
    const at = `at ${connections} ${connections === 1 ? "connection" : "connections"}`;
    figures.push(
      { name: `page without guards, ${at}`, value: plain, unit: "ms" },
      { name: `the same behind its guards, ${at}`, value: asked, unit: "ms" },
      { name: `guarded ÷ unguarded, ${at}`, value: asked / plain, unit: RATIO, target: { atMost: 1.25 } },
    );
  }
  return figures;
}

export async function principalQuery({ cookie }: Site): Promise<Figure[]> {
  const token = cookie.split("=")[1] ?? "";
  const [row] = await database().select({ id: users.id }).from(users).limit(1);
  const one = database()
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, row?.id ?? ""))
    .prepare("bench_one_row");
  await medianOf(200, () => findPrincipal(token));
  const floor = await medianOf(500, () => one.execute());
  const whole = await medianOf(500, () => findPrincipal(token));
  return [
    { name: "one row by its key, from the app", value: floor, unit: "ms" },
    { name: "session, user and permissions, from the app", value: whole, unit: "ms" },
    { name: "that ÷ one row", value: whole / floor, unit: RATIO },
  ];
}

const PASSWORD = "a long walk in the rain";

/** Signs in as programs do. @throws Error if nobody is signed in by it */
async function signInOn(url: string): Promise<(loginId: string) => Promise<void>> {
  const signIn = await signInBy(url);
  return async (loginId) => {
    const answer = await signIn(loginId, PASSWORD);
    if (!isIn(answer)) throw new Error(`${loginId} was not signed in: ${answer.status}`);
  };
}

/** Signs in again and again with so many people at once while `work` runs. */
async function underSignIns<T>(url: string, people: string[], work: () => Promise<T>): Promise<T> {
  const signIn = await signInOn(url);
  let isOver = false;
  const one = async (loginId: string) => {
    while (!isOver) await signIn(loginId);
  };
  const flood = Promise.all(people.map(one));
  const result = await work().finally(() => {
    isOver = true;
  });
  await flood;
  return result;
}

export async function signingIn({ url, cookie }: Site): Promise<Figure[]> {
  const people = await Promise.all(Array.from({ length: 100 }, () => createTestUser({ password: PASSWORD })));
  const [loginId = "", ...others] = people.map((person) => person.loginId);
  const signIn = await signInOn(url);
  await forgetAttempts();
  await medianOf(20, () => signIn(loginId));
  const answer = median(await repeat(url, { path: "/api/health/live" }, 60));
  const hash = await medianOf(60, () => hashPassword(PASSWORD));
  const whole = await medianOf(60, () => signIn(loginId));
  const page = { path: "/bench-guarded", headers: { cookie } };
  const ofPage = async () => quantile((await repeat(url, page, 400)).sorted, 0.99);
  const idle = await ofPage();
  const busy = await underSignIns(url, [loginId, ...others], ofPage);
  return [
    { name: "an answer for which nothing is done", value: answer, unit: "ms" },
    { name: "hash of a password", value: hash, unit: "ms" },
    { name: "sign-in", value: whole, unit: "ms" },
    { name: "sign-in beyond the hash", value: whole - hash, unit: "ms", target: { atMost: 5 } },
    { name: "p99 of a page at rest", value: idle, unit: "ms" },
    { name: "p99 of a page under 100 sign-ins at once", value: busy, unit: "ms" },
    { name: "p99 of a page under 100 sign-ins ÷ at rest", value: busy / idle, unit: RATIO, target: { atMost: 2 } },
  ];
}

/** The ways in which people look at a list of users; a deep page is page 10,000 where there are so many. */
const LISTS = (total: number): Record<string, [query: string, atMost: number]> => {
  const deep = Math.min(10_000, Math.floor(total / 25));
  return {
    "first page": ["", 1.5],
    "second page": ["page=2", 1.5],
    "sorted by login, descending": ["sort=-loginId", 1.5],
    "sorted by last login": ["sort=-lastLoginAt", 1.5],
    "substring that few have": ["q=abc123", 1.5],
    "substring that many have": ["q=person", 1.5],
    "disabled ones": ["isEnabled=false", 1.5],
    "a page far behind": [`page=${deep}`, 3],
    "a page far behind, sorted": [`page=${deep}&sort=-lastLoginAt`, 3],
  };
};

/** Milliseconds of each list, as page and as JSON. */
export async function lists(
  { url, cookie }: Site,
  total: number,
): Promise<Map<string, { ms: number; atMost: number }>> {
  const found = new Map<string, { ms: number; atMost: number }>();
  for (const [name, [query, atMost]] of Object.entries(LISTS(total))) {
    for (const [kind, path] of [
      ["page", "/admin/users"],
      ["API", "/api/users"],
    ]) {
      const asking = { path: `${path}?${query}`, headers: { cookie } };
      await repeat(url, asking, 5);
      found.set(`${name} (${kind})`, { ms: median(await repeat(url, asking, 25)), atMost });
    }
  }
  return found;
}

export async function exporting({ url, pid, cookie }: Site, total: number): Promise<Figure[]> {
  const before = megabytes(pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, megabytes(pid));
  }, 250);
  const agent = new http.Agent({ keepAlive: false });
  const ms = await timed(() => ask(url, { path: "/admin/users/export?format=csv", headers: { cookie } }, agent));
  clearInterval(watch);
  return [
    { name: "export as CSV", value: total / (ms / 1000), unit: "rows/s", target: { atLeast: 50_000 } },
    { name: "memory that an export adds", value: most - before, unit: "MB", target: { atMost: 100 } },
  ];
}

/** Kilobytes of the scripts that a page names, gzipped. */
async function scriptKilobytes(url: string, path: string, cookie: string): Promise<number> {
  const html = await (await fetch(url + path, { headers: { cookie } })).text();
  const sources = new Set([...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map(([, source = ""]) => source));
  const sizes = await Promise.all(
    [...sources].map(async (source) => gzipSync(Buffer.from(await (await fetch(url + source)).arrayBuffer())).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

export async function scripts({ url, cookie }: Site): Promise<Figure[]> {
  const empty = await scriptKilobytes(url, "/bench-open", "");
  return [
    { name: "scripts of a page without any of its own", value: empty, unit: "KB" },
    {
      name: "scripts of the login page beyond that",
      value: (await scriptKilobytes(url, "/login", "")) - empty,
      unit: "KB",
      target: { atMost: 10 },
    },
    {
      name: "scripts of the list of users",
      value: await scriptKilobytes(url, "/admin/users", cookie),
      unit: "KB",
      target: { atMost: 230 },
    },
  ];
}

/** Memory under load, in megabytes, after so many seconds and after as many again. */
export async function underLoad({ url, pid, cookie }: Site): Promise<[half: number, whole: number]> {
  const page = { path: "/bench-guarded", headers: { cookie } };
  await load(url, page, 16, MEMORY_SECONDS);
  const half = megabytes(pid);
  await load(url, page, 16, MEMORY_SECONDS);
  return [half, megabytes(pid)];
}

export const countUsers = async (): Promise<number> =>
  Number((await database().execute<{ n: number }>(sql`select count(*)::int as n from users`)).rows[0]?.n);
