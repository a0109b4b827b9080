import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { connect } from "@/lib/db/client";
import { permissions } from "@/lib/permissions";
import { env, expect, test } from "./fixtures";
import { freePort, start, stop, untilUp } from "./support/process";
import { productionEnv, serve } from "./support/server";

const command = serve(process.cwd());

test("a server with missing or weak settings ends with 1 and names them all", async () => {
  const run = start(...command, {
    env: productionEnv({
      AUTH_SECRET: "short",
      AUTH_URL: "http://gatehouse.example.com",
      PORT: String(await freePort()),
    }),
  });
  expect(await run.exited).toBe(1);
  for (const name of ["DATABASE_URL is required", "AUTH_SECRET is too weak", "AUTH_URL must be https"]) {
    expect(run.output()).toContain(name);
  }
});

test("a server without its database ends with 1 and says so", async () => {
  const port = await freePort();
  const run = start(...command, {
    env: productionEnv({
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing",
      AUTH_URL: `http://localhost:${port}`,
      PORT: String(port),
    }),
  });
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain("Gatehouse cannot start");
});

test("settings come from the .env files of the folder it is started in, and the machine's name is no address", async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), "gatehouse-start-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  writeFileSync(
    path.join(cwd, ".env.local"),
    `DATABASE_URL=${env("E2E_DATABASE_URL")}\nAUTH_URL=${url}\nPORT=${port}\n`,
  );
  const run = start(...command, { cwd, env: productionEnv({ HOSTNAME: "some-machine" }) });
  await untilUp(run, `${url}/api/health/ready`);
  await stop(run);
  rmSync(cwd, { recursive: true });
});

test("two servers started at once on an empty database migrate and sync it once", async () => {
  const admin = await connect(env("E2E_ADMIN_DATABASE_URL"));
  const name = `e2e_race_${process.pid}`;
  await admin.query(`create database ${name}`);
  const url = env("E2E_ADMIN_DATABASE_URL").replace(/gatehouse$/, name);
  const ports = [await freePort(), await freePort()];
  const runs = ports.map((port) =>
    start(...command, {
      env: productionEnv({ DATABASE_URL: url, AUTH_URL: `http://localhost:${port}`, PORT: String(port) }),
    }),
  );
  await Promise.all(runs.map((run, index) => untilUp(run, `http://localhost:${ports[index]}/api/health/ready`)));
  const client = await connect(url);
  const { rows } = await client.query(
    `select (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
            (select count(*)::int from audit_events where action = 'sync') as syncs,
            (select array_agg(token) from permissions) as tokens`,
  );
  const files = readdirSync("drizzle").filter((file) => file.endsWith(".sql"));
  expect(rows).toEqual([
    { migrations: files.length, syncs: 1, tokens: expect.arrayContaining(Object.keys(permissions)) },
  ]);
  for (const run of runs) expect(run.output()).not.toMatch(/error/i);
  await client.end();
  await Promise.all(runs.map(stop));
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
});

test("what is for development is not there in production", async ({ request }) => {
  expect((await request.get("/dev/mailbox")).status()).toBe(404);
});
