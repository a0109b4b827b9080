import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { sql } from "drizzle-orm";
import { expect, test } from "./fixtures";
import { cookieOf } from "./support/api";
import { type Isolated, startIsolated } from "./support/isolated";
import { ask, askOnAndOn, type Outcome } from "./support/load";
import { addPerson } from "./support/people";
import { freePort, type Run, start, untilUp } from "./support/process";
import { productionEnv } from "./support/server";

test.describe.configure({ mode: "serial" });

const ROWS = 20_000;
const EXPORT = "/admin/users/export?format=csv";

let site: Isolated;
let cookie: string;
test.beforeAll(async () => {
  site = await startIsolated("shutdown", { SMTP_URL: "smtp://127.0.0.1:1" });
  const id = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  cookie = await cookieOf(site.ctx(), id);
  await site.ctx().db.execute(sql`
    insert into users (login_id, login_id_canonical)
    select 'row-' || n || '@example.org', 'row-' || n || '@example.org' from generate_series(2, ${ROWS}) as n`);
});
test.afterAll(() => site?.end());

const portOf = (url: string) => Number(new URL(url).port);

const inOrder = (run: Run) => {
  expect(run.output()).toContain('"msg":"shut down"');
  expect(run.output()).not.toContain('"level":"error"');
  expect(run.output()).not.toContain("requests were cut off");
};

/** An export whose reader has stopped in the middle of it. */
async function heldExport(port: number) {
  const request = http.get({ host: "127.0.0.1", port, path: EXPORT, headers: { cookie }, agent: false });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  await once(response, "readable");
  return {
    async rest() {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      expect(response.complete).toBe(true);
      return text;
    },
    drop: () => response.destroy(),
  };
}

const rowsIn = (csv: string) => csv.trim().split("\r\n").length - 1;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} in the middle of everything breaks nothing off`, async () => {
    const server = await site.startAnother();
    const port = portOf(server.url);
    const loops = [
      ...[true, true, false, false].map((isKept) => askOnAndOn(port, ["/login"], {}, isKept)),
      ...[true, true, false].map((isKept) => askOnAndOn(port, ["/api/me"], { cookie }, isKept)),
      askOnAndOn(port, [EXPORT], { cookie }, true),
    ];
    const held = await heldExport(port);
    server.child.kill(signal);
    await expect.poll(server.output).toContain("shutting down");
    expect(rowsIn(await held.rest())).toBe(ROWS);
    const outcomes = (await Promise.all(loops)).flat();
    expect(await server.exited).toBe(0);

    expect(outcomes.filter(({ kind }) => kind === "broken")).toEqual([]);
    const answered = outcomes.filter(
      (outcome): outcome is Outcome & { kind: "answered" } => outcome.kind === "answered",
    );
    for (const { status, path, body } of answered) {
      expect(status).toBe(200);
      if (path === EXPORT) expect(rowsIn(body)).toBe(ROWS);
    }
    expect(answered.length).toBeGreaterThan(loops.length);
    inOrder(server);
  });
}

test("while it finishes it is not ready, takes nobody new and answers for the last time", async () => {
  const server = await site.startAnother();
  const port = portOf(server.url);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  expect(await ask(port, "/api/health/ready", {}, agent)).toMatchObject({ status: 200, isLast: false });
  const held = await heldExport(port);
  server.child.kill("SIGTERM");
  await expect.poll(server.output).toContain("shutting down");
  const last = await ask(port, "/api/health/ready", {}, agent);
  expect(last).toMatchObject({ status: 503, isLast: true, body: expect.stringContaining("Shutting down") });
  await expect.poll(() => ask(port, "/login", {})).toEqual({ kind: "refused" });
  expect(rowsIn(await held.rest())).toBe(ROWS);
  expect(await server.exited).toBe(0);
  inOrder(server);
});

test("whoever is connected and says nothing is not waited for", async () => {
  const server = await site.startAnother();
  const silent = net.connect(portOf(server.url), "127.0.0.1");
  await once(silent, "connect");
  const gone = once(silent, "close");
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  await gone;
  const [, ms] = /"ms":(\d+),"msg":"shut down"/.exec(server.output()) ?? [];
  // Of the 25 seconds that requests may take.
  expect(Number(ms)).toBeLessThan(15_000);
});

test("a second signal ends it at once", async () => {
  const server = await site.startAnother();
  const held = await heldExport(portOf(server.url));
  server.child.kill("SIGTERM");
  await expect.poll(server.output).toContain("shutting down");
  const signalAgain = () => {
    server.child.kill("SIGTERM");
    return server.child.exitCode;
  };
  await expect.poll(signalAgain).toBe(143);
  held.drop();
  expect(server.output()).not.toContain('"msg":"shut down"');
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`npm start hands ${signal} on, and the exit code back`, async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const env = productionEnv({ DATABASE_URL: site.databaseUrl, AUTH_URL: url, PORT: String(port) });
    const run = start("npm", ["start"], { env });
    await untilUp(run, `${url}/api/health/live`);
    run.child.kill(signal);
    expect(await run.exited).toBe(0);
    inOrder(run);
    await expect(fetch(`${url}/api/health/live`)).rejects.toThrow();
  });
}
