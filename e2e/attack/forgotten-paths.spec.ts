import { readFileSync } from "node:fs";
import path from "node:path";
import { asc, eq, sql } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf, getFlight } from "@/e2e/support/api";
import { formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { ask } from "@/e2e/support/load";
import { addPerson, people } from "@/e2e/support/people";
import { stop } from "@/e2e/support/process";
import { type Server, startServer } from "@/e2e/support/server";
import { createBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { bundles } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { type Disguise, disguises } from "./disguises";

/** Forgotten paths: the rule that holds for a page holds for every other way to the same thing. */

/** What only somebody with the permission may read. */
const SECRET = /person-0\d\d@example|User administration|groups, bundles and permissions"/i;

const idOf = async (ctx: Context, loginId: string): Promise<string> => {
  const [row] = await ctx.db.select({ id: users.id }).from(users).where(eq(users.loginId, loginId));
  return row?.id ?? "";
};

/** What is behind guards, as page, file and JSON; of each kind one, and then the others. */
async function doors(ctx: Context): Promise<[some: string[], others: string[]]> {
  const person = await idOf(ctx, "person-001@example.org");
  const [bundle] = await ctx.db.select({ id: bundles.id }).from(bundles).orderBy(asc(bundles.createdAt)).limit(1);
  return [
    [`/admin/users/${person}/edit`, "/api/users"],
    [
      ...["/admin/users", "/admin/users/export?format=csv", `/admin/users/${person}/history`],
      ...[`/admin/bundles/${bundle?.id}/edit`, `/api/users/${person}`, "/api/bundles"],
    ],
  ];
}

const serversOf = () => [env("E2E_BASE_URL"), env("E2E_WITHOUT_MIDDLEWARE_URL")];

/** What is answered in the end; status 0 for nothing. */
async function answerTo(base: string, { headers, path: disguised }: Disguise, door: string, cookie: string) {
  if (headers.rsc) {
    const { status, text } = await getFlight(clientOf(base, cookie || undefined), door, headers);
    return { status, body: text };
  }
  // As it is written: fetch would tidy the path up.
  const sent = { ...headers, ...(cookie && { cookie }), accept: "*/*" };
  const outcome = await ask(Number(new URL(base).port), disguised(door), sent);
  return outcome.kind === "answered" ? outcome : { status: 0, body: JSON.stringify(outcome) };
}

/** Tries all disguises on these doors, for nobody and for whoever holds nothing. */
async function tryAll(ctx: Context, all: readonly string[]): Promise<void> {
  const cookies = { nobody: "", plain: await cookieOf(ctx, await idOf(ctx, people.plain)) };
  const root = await cookieOf(ctx, await idOf(ctx, people.root));
  const tries = serversOf().flatMap((base) =>
    all.flatMap((door) =>
      disguises.flatMap(([name, disguise]) =>
        Object.entries(cookies).map(([who, cookie]) => ({ base, door, name, disguise, who, cookie })),
      ),
    ),
  );
  const opened: string[] = [];
  const broken: string[] = [];
  const next = async (): Promise<void> => {
    const each = tries.shift();
    if (!each) return;
    const { base, door, name, disguise, who, cookie } = each;
    const what = `${door} as ${name} for ${who} at ${base}`;
    const { status, body } = await answerTo(base, disguise, door, cookie);
    if (status === 0 || status >= 500) broken.push(`${what}: ${status} ${body.slice(0, 200)}`);
    else if (SECRET.test(body)) opened.push(`${what}: ${status}`);
    await next();
  };
  const count = tries.length;
  await Promise.all(Array.from({ length: 8 }, next));
  expect(opened).toEqual([]);
  expect(broken).toEqual([]);
  expect(count).toBe(2 * all.length * 2 * disguises.length);
  // Whoever may look sees it, so that there is something to hide.
  for (const base of serversOf()) {
    for (const door of all) {
      const seen = await ask(Number(new URL(base).port), door, { cookie: root, accept: "*/*" });
      expect(seen.kind === "answered" && SECRET.test(seen.body), door).toBe(true);
    }
    for (const door of all.filter((each) => /users$|edit$|history$/.test(each) && each.startsWith("/admin"))) {
      expect(SECRET.test((await getFlight(clientOf(base, root), door)).text), `${door} as flight data`).toBe(true);
    }
  }
}

test("no disguise of a request opens a door, with and without the middleware", async ({ ctx }) => {
  test.slow();
  const [some] = await doors(ctx);
  await tryAll(ctx, some);
});

test("nor any other door", { tag: "@long" }, async ({ ctx }) => {
  test.slow();
  const [, others] = await doors(ctx);
  await tryAll(ctx, others);
});

test("a method that a door does not know opens nothing either", async ({ ctx }) => {
  const plain = await cookieOf(ctx, await idOf(ctx, people.plain));
  for (const base of serversOf()) {
    for (const door of (await doors(ctx))[0]) {
      for (const method of ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get"]) {
        for (const client of [clientOf(base), clientOf(base, plain)]) {
          const { status, text } = await client(method, door).catch(() => ({ status: 400, text: "" }));
          expect([door, method, SECRET.test(text), status < 500]).toEqual([door, method, false, true]);
        }
      }
    }
  }
});

test.describe("server actions", () => {
  test.describe.configure({ mode: "serial" });

  let site: Isolated;
  let bare: Server;
  let victim: Record<"user" | "group" | "bundle", string>;

  type Action = { id: string; name: string; page: string };

  /** Every action that the build has, with a page that offers it. */
  const actions = (): Action[] => {
    const file = path.join(".next", "server", "server-reference-manifest.json");
    const { node } = JSON.parse(readFileSync(file, "utf8")) as {
      node: Record<string, { exportedName: string; filename: string; workers: Record<string, unknown> }>;
    };
    return Object.entries(node).map(([id, { exportedName, filename, workers }]) => {
      const [first = ""] = Object.keys(workers);
      const page = first.replace(/^app|\/\([^)]*\)|\/page$/g, "") || "/";
      return { id, page, name: `${exportedName} of ${filename}` };
    });
  };

  /** All that an action could be meant to change, as one text. */
  async function stored(): Promise<string> {
    const { rows } = await site.ctx().db.execute(sql`
      select md5(string_agg(t, '|' order by t)) as all from (
        select (to_jsonb(u) - 'last_login_at')::text as t from users u
        union all select g::text from groups g union all select b::text from bundles b
        union all select l::text from user_groups l union all select l::text from user_permissions l
        union all select l::text from group_permissions l union all select l::text from bundle_permissions l
        union all select p::text from permissions p union all select b::text from attempt_budgets b where key = 'locked@example.com'
      ) everything
    `);
    return JSON.stringify(rows);
  }

  /** Fields that some action would act upon. */
  const fieldsFor = (id: string): [string, string][] => [
    ["id", id],
    ["ids", id],
    ["version", "1"],
    ["loginId", "taken-over@example.com"],
    ["name", "taken over"],
    ["isSuperuser", "on"],
    ["password", "nine herons on one leg"],
    ["confirm", "nine herons on one leg"],
    ["action", "delete"],
    ["from", "/admin/users"],
    ["sessionId", id],
    ["tokenId", id],
  ];

  /** The body of a call: as a browser without scripts sends it, with a state and without, and as React does. */
  function calls(action: string, id: string): Record<string, FormData | string> {
    const withState: [string, string][] = [
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", JSON.stringify({ id: action, bound: "$@1" })],
      ["$ACTION_1:1", '[{"problems":{},"values":{}}]'],
    ];
    return {
      "form with a state": formData(withState, fieldsFor(id)),
      form: formData([[`$ACTION_ID_${action}`, ""]], fieldsFor(id)),
      text: JSON.stringify([id]),
      "nested objects for texts": JSON.stringify([{ id: { toString: "x" }, loginId: ["a"] }, { id: { $ne: null } }]),
    };
  }

  const nonsense = ["", "[", "null", "{}", '["$K1"]', '["$@1","$F1"]', '["$1:__proto__:constructor"]', "\0".repeat(9)];

  const post = (base: string, page: string, id: string, body: FormData | string, cookie?: string, origin = base) =>
    clientOf(base, cookie)("POST", page, {
      body,
      headers: { origin, ...(typeof body === "string" && { "next-action": id, "content-type": "text/plain" }) },
    });

  test.beforeAll(async () => {
    site = await startIsolated("actions", { ATTEMPT_LIMIT_ENABLED: "false", SMTP_URL: "smtp://127.0.0.1:1" });
    const settings = { AUTH_SECRET: env("AUTH_SECRET"), ATTEMPT_LIMIT_ENABLED: "false" };
    bare = await startServer(path.resolve(".data/without-middleware"), site.databaseUrl, settings);
    const ctx = site.ctx();
    const user = await addPerson(ctx, "victim@example.com");
    const group = await createGroup(ctx, { name: "Victims", bundleIds: [], permissionIds: [] });
    const bundle = await createBundle(ctx, { name: "Victims", permissionIds: [] });
    victim = { user, group, bundle };
  });

  test.afterAll(async () => {
    await stop(bare);
    await site.end();
  });

  test("every one, called on its page by nobody and by whoever holds nothing, changes nothing", async () => {
    test.slow();
    const plain = await cookieOf(site.ctx(), await addPerson(site.ctx(), "plain@example.com"));
    const before = await stored();
    const all = actions();
    expect(all.length).toBeGreaterThan(25);
    for (const { id, name, page } of all) {
      const target = /group/i.test(name) ? victim.group : /bundle/i.test(name) ? victim.bundle : victim.user;
      const place = page.replace(/\[[^\]]+\]/, target);
      const answers = await Promise.all(
        Object.values(calls(id, target)).flatMap((body) =>
          [undefined, plain].flatMap((cookie) => [
            post(site.url, place, id, body, cookie),
            post(bare.url, place, id, body, cookie),
          ]),
        ),
      );
      expect([name, await stored()]).toEqual([name, before]);
      for (const { text } of answers) expect(text, name).not.toContain("victim@example.com");
    }
  });

  test("none changes anything for another website, and a superuser's own call does", async () => {
    const root = await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true }));
    const { id = "" } = actions().find(({ name }) => name.startsWith("removeUser ")) ?? {};
    const { "form with a state": body = "" } = calls(id, victim.user);
    const before = await stored();
    const { port } = new URL(site.url);
    const foreign = [
      ...["null", "", "https://evil.test", `${site.url}.evil.test`, `http://localhost.evil.test:${port}`],
      ...[`https://localhost:${port}`, "http://localhost", `http://localhost:${port}/`, `http://LOCALHOST:${port}`],
      ...[`http://localhost:${port}@evil.test`, "file://", `http://127.0.0.1:${port}`],
    ];
    for (const origin of foreign) {
      const { status } = await post(site.url, "/admin/users", id, body, root, origin);
      expect([origin, status, await stored()]).toEqual([origin, 403, before]);
    }
    const crossSite = await clientOf(site.url, root)("POST", "/admin/users", {
      body,
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect([crossSite.status, await stored()]).toEqual([403, before]);
    await post(site.url, "/admin/users", id, body, root);
    expect(await stored()).not.toBe(before);
    expect(await site.ctx().db.$count(users, eq(users.id, victim.user))).toBe(0);
  });

  test("nonsense and megabytes in place of arguments change nothing, and the server goes on", async () => {
    const plain = await cookieOf(site.ctx(), await addPerson(site.ctx(), "talker@example.com"));
    const before = await stored();
    for (const { id, page } of actions().slice(0, 6)) {
      for (const body of nonsense) await post(site.url, page, id, body, plain);
    }
    const large = await post(site.url, "/", actions()[0]?.id ?? "", "x".repeat(5 * 1024 * 1024), plain);
    expect(large.status).toBe(413);
    for (const id of ["", "x", "__proto__", "constructor", "0".repeat(42), "a".repeat(10_000)]) {
      const { status } = await post(site.url, "/", id, '["x"]', plain);
      expect([id.slice(0, 42), status < 500]).toEqual([id.slice(0, 42), true]);
    }
    expect(await stored()).toBe(before);
    expect((await clientOf(site.url, plain)("GET", "/api/me")).status).toBe(200);
  });
});
