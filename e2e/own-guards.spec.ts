import { setDatabaseUrl } from "@/lib/config/env";
import { noRequest } from "@/lib/context";
import { closeDatabase, database } from "@/lib/db/client";
import { test as base, env, expect } from "./fixtures";
import { clientOf, cookieOf } from "./support/api";
import { MACHINE_HEADER, SHUT_OUT } from "./support/own-guards";
import { addPerson, managePermissionId } from "./support/people";
import { stop } from "./support/process";
import { startServer } from "./support/server";

/** Guards that answer in their own way, and a condition for the whole app: a copy of the project has them. */

const serverUrl = () => env("E2E_GENERATED_URL");

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a fixture needs from its first parameter.
  ctx: async ({}, use) => {
    // Tests of other files run in the same process, and their pool leads to another database.
    await closeDatabase();
    setDatabaseUrl(env("E2E_GENERATED_DATABASE_URL"));
    await use({ actor: { kind: "cli" }, db: database(), request: noRequest });
    await closeDatabase();
  },
});

test("a page leads where its guard says, not where all others do", async ({ ctx, unique }) => {
  const stranger = await clientOf(serverUrl())("GET", "/own-guards");
  expect([stranger.status, stranger.headers.get("location")]).toEqual([307, "/forgot-password"]);

  const plain = await addPerson(ctx, `${unique("plain")}@example.com`);
  const refused = await clientOf(serverUrl(), await cookieOf(ctx, plain))("GET", "/own-guards");
  expect([refused.status, refused.headers.get("location")]).toEqual([307, `/account?from=${plain}`]);

  const holder = await addPerson(ctx, `${unique("h")}@example.com`, { permissionIds: [await managePermissionId(ctx)] });
  expect((await clientOf(serverUrl(), await cookieOf(ctx, holder))("GET", "/own-guards")).status).toBe(200);
});

test("a handler answers as its guard says", async ({ ctx, unique }) => {
  const stranger = await clientOf(serverUrl())("GET", "/api/own-guards");
  expect([stranger.status, stranger.json]).toEqual([404, { for: "nobody" }]);
  const loginId = `${unique("plain")}@example.com`;
  const plain = await addPerson(ctx, loginId);
  const refused = await clientOf(serverUrl(), await cookieOf(ctx, plain))("GET", "/api/own-guards");
  expect([refused.status, refused.json]).toEqual([418, { not: loginId }]);
});

test("a method that is excluded passes without a look at who it is", async ({ ctx, unique }) => {
  const id = await addPerson(ctx, `${unique("any")}@example.com`);
  for (const client of [clientOf(serverUrl()), clientOf(serverUrl(), await cookieOf(ctx, id))]) {
    const { status, json } = await client("OPTIONS", "/api/own-guards");
    expect([status, json]).toEqual([200, { principal: null }]);
  }
});

test("a loader of its own decides alone, and needs no origin", async ({ ctx, unique }) => {
  const loginId = `${unique("machine")}@example.com`;
  const id = await addPerson(ctx, loginId);
  const machine = clientOf(serverUrl());
  const post = (headers: Record<string, string | null>) => machine("POST", "/api/own-guards", { headers });
  const known = await post({ [MACHINE_HEADER]: id, origin: null });
  expect([known.status, known.json]).toEqual([200, { for: loginId }]);
  const cookie = await cookieOf(ctx, id);
  expect((await post({ cookie })).status).toBe(401);
  expect((await post({ cookie, [MACHINE_HEADER]: "018f0000-0000-7000-8000-000000000000" })).status).toBe(401);
  await ctx.db.execute(`update users set is_enabled = false where id = '${id}'`);
  expect((await post({ [MACHINE_HEADER]: id, origin: null })).status).toBe(401);
});

test("whoever does not satisfy the app's condition comes to no path that is not public", async ({ ctx, unique }) => {
  const id = await addPerson(ctx, `${unique("left")}@${SHUT_OUT}`, { isSuperuser: true });
  const client = clientOf(serverUrl(), await cookieOf(ctx, id));
  for (const path of ["/account", "/admin/users", "/api/me", "/api/users", "/no/such/page"]) {
    expect((await client("GET", path)).status, path).toBe(403);
  }
  const home = await client("GET", "/");
  expect(home.status).toBe(200);
  expect(home.text).not.toContain('href="/admin/users"');
  expect((await client("POST", "/logout", { body: "" })).status).toBe(303);
  expect((await client("GET", "/api/me")).status).toBe(401);
});

test("HTTP_METHODS_EXCLUDED lets preflight requests pass everywhere, and nothing else", async ({ ctx }) => {
  expect((await clientOf(serverUrl())("OPTIONS", "/api/me")).status).toBe(401);
  const settings = { HTTP_METHODS_EXCLUDED: "OPTIONS" };
  const server = await startServer(process.cwd(), env("E2E_DATABASE_URL"), settings);
  try {
    const client = clientOf(server.url);
    for (const path of ["/api/me", "/api/users"]) {
      expect((await client("OPTIONS", path)).status, path).toBe(204);
      expect((await client("GET", path)).status, path).toBe(401);
    }
    expect((await client("GET", "/admin/users")).status).toBe(303);
  } finally {
    await stop(server);
  }
  expect(ctx.actor.kind).toBe("cli");
});
