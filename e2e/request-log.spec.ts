import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { desc, sql } from "drizzle-orm";
import { auditEvents } from "@/lib/db/schema/events";
import { expect, test } from "./fixtures";
import { cookieOf } from "./support/api";
import { type Isolated, startIsolated } from "./support/isolated";
import { ask } from "./support/load";
import { addPerson } from "./support/people";
import type { Server } from "./support/server";

test.describe.configure({ mode: "serial" });

type Line = Record<string, unknown> & { msg: string };

const TOKEN = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

let site: Isolated;
let rootId: string;
/** A provider that answers late and wrongly, so that every request to it is logged, long after it began. */
const provider = http.createServer(async (_request, response) => {
  await pause(Math.random() * 200);
  response.writeHead(500).end();
});
test.beforeAll(async () => {
  await once(provider.listen(0, "127.0.0.1"), "listening");
  const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  site = await startIsolated("request_log", {
    SMTP_URL: "smtp://127.0.0.1:1",
    TRUSTED_PROXIES: "1",
    OIDC_PROFILES: JSON.stringify([{ name: "corp", client: { issuer, clientId: "a", clientSecret: "b" } }]),
  });
  rootId = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
});
test.afterAll(async () => {
  provider.closeAllConnections();
  provider.close();
  await site?.end();
});

/** What the server has logged; its first lines are those of Next.js. */
const logOf = (server: Server): Line[] =>
  server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));

const linesOf = (id: string) => logOf(site.server).filter(({ requestId }) => requestId === id);

/** Sends the button of a provider. @returns the id that the answer names */
function toProvider(agent: http.Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, origin } = new URL(site.url);
    const headers = { host: `localhost:${port}`, origin, "content-type": "application/x-www-form-urlencoded" };
    const request = http.request({ host: "127.0.0.1", port, path: "/login/corp", method: "POST", headers, agent });
    request.on("error", reject).on("response", (response) => {
      response.resume().on("end", () => resolve(String(response.headers["x-request-id"])));
    });
    request.end("next=%2F");
  });
}

async function oneAfterTheOther(times: number): Promise<string[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ids: string[] = [];
  for (let n = 0; n < times; n += 1) ids.push(await toProvider(agent));
  agent.destroy();
  return ids;
}

test("each line names the request it was written for, whatever is served beside and before it", async () => {
  const ids = (
    await Promise.all([
      oneAfterTheOther(5),
      oneAfterTheOther(5),
      ...Array.from({ length: 10 }, () => toProvider(false)),
    ])
  ).flat();
  expect(new Set(ids).size).toBe(20);
  await expect.poll(() => ids.flatMap(linesOf).length).toBe(40);
  for (const id of ids) {
    expect(linesOf(id)).toMatchObject([
      { level: "error", area: "oidc", provider: "corp", fault: expect.stringContaining("500") },
      { level: "info", area: "http", msg: "request", method: "POST", path: "/login/corp", status: expect.any(Number) },
    ]);
  }
});

test("the id of a trusted proxy is that of the answer, of the log and of the audit trail", async () => {
  const id = "proxy-8d1f.42_A";
  const headers = {
    cookie: await cookieOf(site.ctx(), rootId),
    origin: site.url,
    "content-type": "application/json",
    "x-request-id": id,
  };
  const body = JSON.stringify({ name: "Logged" });
  const answer = await fetch(`${site.url}/api/groups`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("x-request-id")).toBe(id);
  await expect.poll(() => linesOf(id)).toMatchObject([{ msg: "request", status: 201 }]);
  const [event] = await site.ctx().db.select().from(auditEvents).orderBy(desc(auditEvents.createdAt)).limit(1);
  expect(event).toMatchObject({ requestId: id, entityLabel: "Logged" });
  const odd = await fetch(`${site.url}/login`, { headers: { "x-request-id": "too short" } });
  expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("the line of a request has no query and no token, and health checks have none", async () => {
  const port = Number(new URL(site.url).port);
  await ask(port, "/api/health/ready", {});
  await ask(port, `/reset-password/018f/${TOKEN}?from=mail`, {});
  await ask(port, "/login?next=/secret-place", {});
  // What was asked for before may have its line later than that.
  const isMasked = ({ path }: Line) => path === "/reset-password/018f/[token]";
  await expect
    .poll(() => logOf(site.server).slice(logOf(site.server).findIndex(isMasked)))
    .toMatchObject([
      { method: "GET", status: 303, ms: expect.any(Number) },
      { path: "/login", status: 200 },
    ]);
  expect(logOf(site.server).filter(({ path }) => path === "/api/health/ready")).toEqual([]);
  expect(site.server.output()).not.toContain(TOKEN);
  expect(site.server.output()).not.toMatch(/secret-place|from=mail/);
});

test("each request names where it comes from, and a refused one who was refused", async () => {
  const id = await addPerson(site.ctx(), "clerk@example.com");
  const port = Number(new URL(site.url).port);
  const from = { "x-forwarded-for": "198.51.100.1, 203.0.113.9" };
  const clerk = { ...from, cookie: await cookieOf(site.ctx(), id) };
  await ask(port, "/admin/groups", { ...clerk, "x-request-id": "refused-page" });
  await ask(port, "/api/groups", { ...clerk, "x-request-id": "refused-api" });
  await ask(port, "/api/groups", { ...from, "x-request-id": "refused-nobody" });
  await ask(port, "/api/me", { ...clerk, "x-request-id": "let-in-1" });
  const last = (requestId: string) => expect.poll(() => linesOf(requestId).at(-1));
  await last("refused-page").toMatchObject({ msg: "request", status: 403, ip: "203.0.113.9", userId: id });
  await last("refused-api").toMatchObject({ msg: "request", status: 403, ip: "203.0.113.9", userId: id });
  await last("refused-nobody").toMatchObject({ msg: "request", status: 401, ip: "203.0.113.9" });
  await last("let-in-1").toMatchObject({ msg: "request", status: 200, ip: "203.0.113.9" });
  for (const known of ["refused-nobody", "let-in-1"]) {
    expect(linesOf(known).filter((line) => "userId" in line)).toEqual([]);
  }
});

test("an error that nobody expected is one line, without what was asked for", async () => {
  await site.ctx().db.execute(sql`alter table groups rename to hidden`);
  const headers = { cookie: await cookieOf(site.ctx(), rootId), "x-request-id": "unexpected-1" };
  await ask(Number(new URL(site.url).port), "/admin/groups?q=secret-word", headers);
  await site.ctx().db.execute(sql`alter table hidden rename to groups`);
  await expect.poll(() => linesOf("unexpected-1").at(-1)).toMatchObject({ msg: "request", path: "/admin/groups" });
  const failures = linesOf("unexpected-1").filter(({ level }) => level === "error");
  expect(failures).toMatchObject([
    {
      msg: "unhandled error",
      fault: 'relation "groups" does not exist',
      route: "/admin/groups",
      kind: "render",
      digest: expect.stringMatching(/./),
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
    },
  ]);
  // Next.js would print the statement with its parameters.
  expect(site.server.output()).not.toMatch(/secret-word|select /);
});

test("a request that nobody waits for any more is logged as such", async () => {
  const { port, origin } = new URL(site.url);
  const type = "application/x-www-form-urlencoded";
  const headers = { host: `localhost:${port}`, origin, "content-type": type, "x-request-id": "left-alone-1" };
  const asked = once(provider, "request");
  const request = http.request({ host: "127.0.0.1", port, path: "/login/corp", method: "POST", headers });
  request.on("error", () => {});
  request.end("next=%2F");
  await asked;
  request.destroy();
  await expect.poll(() => linesOf("left-alone-1")).toContainEqual(expect.objectContaining({ msg: "request aborted" }));
});
