import { randomUUID } from "node:crypto";
import { count, eq, sql } from "drizzle-orm";
import * as z from "zod";
import { createBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { times } from "@/lib/testing/attempts";
import { newUser } from "@/lib/users/schema";
import { createUser, findUserByLoginId } from "@/lib/users/service";
import { test as base, env, expect } from "./fixtures";
import { type Answer, type Client, clientOf, cookieOf, type Json } from "./support/api";
import { addPerson, managePermissionId, PASSWORD, people } from "./support/people";

/** The JSON API as a program sees it: product.md, "JSON API". */

type Fixtures = {
  /** Requests of this user, or of nobody. */
  as: (loginId?: string) => Promise<Client>;
};

const serverUrl = () => env("E2E_BASE_URL");

const test = base.extend<Fixtures>({
  as: async ({ ctx }, use) => {
    await use(async (loginId) => {
      if (loginId === undefined) return clientOf(serverUrl());
      const user = await findUserByLoginId(ctx, loginId);
      return clientOf(serverUrl(), await cookieOf(ctx, user?.id ?? ""));
    });
  },
});

const ENTITIES = ["users", "groups", "bundles", "permissions", "attempts", "locks", "audit"] as const;
const EDITABLE = ["users", "groups", "bundles"] as const;
type Editable = (typeof EDITABLE)[number];

const READ_ONLY = ["id", "createdAt", "updatedAt", "lastLoginAt", "isVerified"];

const WRITABLE: Record<Editable, string[]> = {
  users: ["loginId", "isEnabled", "isSuperuser", "disabledAt", "groupIds", "bundleIds", "permissionIds"],
  groups: ["name", "bundleIds", "permissionIds"],
  bundles: ["name", "permissionIds"],
};

const TIMES = ["createdAt", "updatedAt"];

const KEYS: Record<(typeof ENTITIES)[number], string[]> = {
  users: [...WRITABLE.users, ...READ_ONLY],
  groups: ["id", ...WRITABLE.groups, ...TIMES],
  bundles: ["id", ...WRITABLE.bundles, ...TIMES],
  permissions: ["id", "token", "description", ...TIMES],
  attempts: ["id", "createdAt", "type", "loginId", "ip", "success", "duringLockout"],
  locks: ["id", "key", "scope", "type", "lockedUntil", "lastAttemptAt"],
  audit: [
    ...["id", "createdAt", "actorKind", "actorId", "actorLabel", "action", "entity", "entityId", "entityLabel"],
    ...["changes", "ip", "requestId"],
  ],
};

/** Fields without which a record cannot be added; a name of its own is all that each needs. */
const smallest = (entity: Editable, name: string): Json =>
  entity === "users" ? { loginId: `${name}@example.com` } : { name };

const labelField = (entity: Editable) => (entity === "users" ? "loginId" : "name");

const without = (record: Json, names: string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const itemsOf = ({ json }: Answer) => json.items as Json[];

const errorsOf = ({ json }: Answer) => (json.errors ?? {}) as Record<string, { key: string; message: string }>;

const sortedKeys = (value: object) => Object.keys(value).sort();

function expectProblem(answer: Answer, status: number, what = "") {
  expect(answer.status, `${what} ${answer.text}`).toBe(status);
  expect(answer.headers.get("content-type"), what).toContain("application/problem+json");
  expect(answer.headers.get("cache-control"), what).toContain("no-store");
  expect(answer.json, what).toMatchObject({ status, title: expect.any(String), type: expect.any(String) });
}

/** Fails unless the answer is a refusal that names `field` and says something a person can read. */
function expectNames(answer: Answer, field: string, what: string, status = 400) {
  expectProblem(answer, status, what);
  expect(Object.keys(errorsOf(answer)), what).toContain(field);
  expect(errorsOf(answer)[field]?.message, what).toMatch(/ /);
}

/** Adds a record by the API, and returns where it is. */
async function added(
  client: Client,
  entity: Editable,
  body: Json,
): Promise<{ path: string; etag: string; record: Json }> {
  const { status, headers, json, text } = await client("POST", `/api/${entity}`, { body });
  expect(status, text).toBe(201);
  return { path: headers.get("location") ?? "", etag: headers.get("etag") ?? "", record: json };
}

/** Locks an account that does not exist. @returns the id of the lock */
async function addLock({ db }: Context, loginId: string): Promise<string> {
  await times(15, { loginId });
  const [lock] = await db.select({ id: attemptBudgets.id }).from(attemptBudgets).where(eq(attemptBudgets.key, loginId));
  return lock?.id ?? "";
}

async function auditsOf({ db }: Context, id: unknown): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(auditEvents)
    .where(eq(auditEvents.entityId, String(id)));
  return row?.n ?? 0;
}

/** Several people with one stem in their login ids. */
async function addCrowd(ctx: Context, stem: string) {
  const groupId = await createGroup(ctx, { name: stem, bundleIds: [], permissionIds: [] });
  const add = (name: string, fields: object) =>
    createUser(ctx, { ...newUser, loginId: `${stem}-${name}@example.com`, ...fields });
  await add("ann", { groupIds: [groupId] });
  await add("bob", { isEnabled: false });
  await add("cid", { disabledAt: "2031-01-31" });
  return {
    groupId,
    name: (record: Json) =>
      String(record.loginId)
        .slice(stem.length + 1)
        .replace("@example.com", ""),
  };
}

for (const entity of ENTITIES) {
  test(`${entity}: a list and its records have exactly the documented keys, and say the same`, async ({ as }) => {
    const root = await as(people.root);
    const list = await root("GET", `/api/${entity}?size=3`);
    expect(list.status).toBe(200);
    expect(list.headers.get("cache-control")).toContain("no-store");
    expect(sortedKeys(list.json)).toEqual(["items", "page", "size", "total"]);
    expect(list.json).toMatchObject({ page: 1, size: 3, total: expect.any(Number) });
    expect(itemsOf(list).length).toBeGreaterThan(0);
    for (const item of itemsOf(list)) {
      expect(sortedKeys(item)).toEqual([...KEYS[entity]].sort());
      const record = await root("GET", `/api/${entity}/${item.id}`);
      expect(record.status).toBe(200);
      expect(sortedKeys(record.json)).toEqual(sortedKeys(item));
    }
    const [first] = itemsOf(list);
    const { json } = await root("GET", `/api/${entity}/${first?.id}`);
    // Other tests sign people in and save them meanwhile.
    const moving = ["lastLoginAt", "updatedAt"];
    expect(without(json, moving)).toEqual(without(first ?? {}, moving));
  });
}

test("search, filters, sort, pages and columns", async ({ as, ctx, unique }) => {
  const stem = unique("crowd").toLowerCase();
  const { groupId, name } = await addCrowd(ctx, stem);
  const root = await as(people.root);
  const found = async (query: string) => {
    const answer = await root("GET", `/api/users?q=${stem}&${query}`);
    expect(answer.status, answer.text).toBe(200);
    return itemsOf(answer).map(name);
  };
  const expectations: [query: string, names: string[]][] = [
    ["", ["ann", "bob", "cid"]],
    ["sort=-loginId", ["cid", "bob", "ann"]],
    ["sort=isEnabled,-loginId", ["bob", "cid", "ann"]],
    ["sort=-isEnabled,loginId", ["ann", "cid", "bob"]],
    ["isEnabled=false", ["bob"]],
    ["isEnabled=true", ["ann", "cid"]],
    [`groupIds=${groupId}`, ["ann"]],
    ["loginId=BOB", ["bob"]],
    ["disabledAt=2031-01-01..2031-01-31", ["cid"]],
    ["disabledAt=2031-02-01..", []],
    ["disabledAt=..2031-01-30", []],
    ["createdAt=2000-01-01..2000-12-31", []],
    ["isEnabled=true&disabledAt=2031-01-31..", ["cid"]],
    ["isSuperuser=true", []],
    ["size=2", ["ann", "bob"]],
    ["size=2&page=2", ["cid"]],
    ["size=2&page=3", []],
    // What is the default may be said.
    ["size=25&page=1", ["ann", "bob", "cid"]],
  ];
  for (const [query, names] of expectations) expect(await found(query), query).toEqual(names);

  const page = await root("GET", `/api/users?q=${stem}&size=2&page=2&cols=isEnabled,loginId`);
  expect(page.json).toMatchObject({ page: 2, size: 2, total: 3 });
  expect(itemsOf(page).map(sortedKeys)).toEqual([["id", "isEnabled", "loginId"]]);
});

const WRONG_QUERIES: [param: string, query: string][] = [
  ["nope", "nope=1"],
  ["constructor", "constructor=1"],
  ["page", "page=0"],
  ["page", "page=-1"],
  ["page", "page=x"],
  ["page", "page=1&page=2"],
  ["size", "size=0"],
  ["size", "size=101"],
  ["size", "size=1.5"],
  ["sort", "sort=passwordHash"],
  ["sort", "sort=password"],
  ["sort", "sort=loginId,nope"],
  ["sort", "sort=--loginId"],
  ["cols", "cols=nope"],
  ["cols", "cols=loginId,password"],
  ["isEnabled", "isEnabled=perhaps"],
  ["isEnabled", "isEnabled=true&isEnabled=false"],
  ["groupIds", "groupIds=1"],
  ["groupIds", "groupIds="],
  ["lastLoginAt", "lastLoginAt=yesterday"],
  ["lastLoginAt", "lastLoginAt=2026-02-30.."],
  ["lastLoginAt", "lastLoginAt=2026-01-01T00:00:00Z..2026-01-02"],
];

test("a list refuses what it does not know, by name", async ({ as }) => {
  const root = await as(people.root);
  for (const [param, query] of WRONG_QUERIES) expectNames(await root("GET", `/api/users?${query}`), param, query);
  expectNames(await root("GET", "/api/users?nope=1&size=x"), "nope", "both");
  expectNames(await root("GET", "/api/users?nope=1&size=x"), "size", "both");
  for (const entity of ENTITIES) expectNames(await root("GET", `/api/${entity}?nope=1`), "nope", entity);
});

for (const entity of EDITABLE) {
  test(`${entity}: add, read, change only what is sent, delete`, async ({ as, unique, ctx }) => {
    const manager = await as(people.manager);
    const name = unique("record");
    const permissionIds = [await managePermissionId(ctx)];
    const { path, etag, record } = await added(manager, entity, smallest(entity, name));
    expect(path).toBe(`/api/${entity}/${record.id}`);
    expect(etag).toMatch(/^"[^"]+"$/);
    const defaults = entity === "users" ? { isEnabled: true, disabledAt: null, lastLoginAt: null, groupIds: [] } : {};
    expect(record).toMatchObject({ ...smallest(entity, name), ...defaults, permissionIds: [] });

    const read = await manager("GET", path);
    expect([read.status, read.headers.get("etag"), read.json]).toEqual([200, etag, record]);

    const changed = await manager("PATCH", path, { body: { permissionIds } });
    expect(changed.status, changed.text).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(etag);
    expect(without(changed.json, ["updatedAt"])).toEqual({ ...without(record, ["updatedAt"]), permissionIds });

    const renamed = await manager("PATCH", path, { body: smallest(entity, `${name}-x`) });
    expect(renamed.json).toMatchObject({ ...smallest(entity, `${name}-x`), permissionIds });
    expect(await auditsOf(ctx, record.id)).toBe(3);

    expect((await manager("DELETE", path)).status).toBe(204);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      expectProblem(await manager(method, path, method === "PATCH" ? { body: {} } : {}), 404, method);
    }
    expect(await auditsOf(ctx, record.id)).toBe(4);
  });

  test(`${entity}: a stale If-Match is refused, and changes nothing`, async ({ as, unique }) => {
    const manager = await as(people.manager);
    const name = unique("tagged");
    const { path, etag } = await added(manager, entity, smallest(entity, name));
    const patch = (to: string, tag: string) =>
      manager("PATCH", path, { body: smallest(entity, to), headers: { "if-match": tag } });
    const first = await patch(`${name}-1`, etag);
    expect(first.status).toBe(200);
    expect((await patch(`${name}-2`, "*")).status).toBe(200);
    const { json, headers } = await manager("GET", path);
    for (const stale of [etag, first.headers.get("etag") ?? "", '"0"', '"999999999"', "nonsense", '""', "1"]) {
      expectProblem(await patch(`${name}-3`, stale), 412, stale);
      expectProblem(await manager("DELETE", path, { headers: { "if-match": stale } }), 412, stale);
    }
    const after = await manager("GET", path);
    expect([after.json, after.headers.get("etag")]).toEqual([json, headers.get("etag")]);
    expect((await manager("DELETE", path, { headers: { "if-match": headers.get("etag") } })).status).toBe(204);
  });

  test(`${entity}: what GET gives can be sent back, and changes nothing`, async ({ as, ctx, unique }) => {
    const root = await as(people.root);
    const name = unique("round");
    const permissionIds = [await managePermissionId(ctx)];
    const bundleIds = [await createBundle(ctx, { name, permissionIds })];
    const groupIds = [await createGroup(ctx, { name, bundleIds: [], permissionIds })];
    const everything: Record<Editable, Json> = {
      users: { disabledAt: "2031-05-06T07:08:09.123Z", isEnabled: false, groupIds, bundleIds, permissionIds },
      groups: { bundleIds, permissionIds },
      bundles: { permissionIds },
    };
    const records = [
      await added(root, entity, smallest(entity, `${name}-empty`)),
      await added(root, entity, { ...smallest(entity, `${name}-full`), ...everything[entity] }),
    ];
    expect(records[1]?.record).toMatchObject(everything[entity]);
    for (const { path, etag, record } of records) {
      const writable = Object.fromEntries(WRITABLE[entity].map((key) => [key, record[key]]));
      for (const client of [root, await as(people.manager)]) {
        const body = client === root ? writable : without(writable, ["isSuperuser"]);
        const answer = await client("PATCH", path, { body });
        expect([answer.status, answer.headers.get("etag")], answer.text).toEqual([200, etag]);
        expect(answer.json).toEqual(client === root ? record : without(record, ["isSuperuser"]));
      }
      expect(await auditsOf(ctx, record.id)).toBe(1);
    }
  });
}

test("a moment of disabling that is finer than the API tells survives its way there and back", async ({
  as,
  ctx,
  unique,
}) => {
  const root = await as(people.root);
  const { path, record } = await added(root, "users", smallest("users", unique("fine")));
  const fine = "2031-05-06 07:08:09.123456+00";
  await ctx.db
    .update(users)
    .set({ disabledAt: sql`${fine}::timestamptz` })
    .where(eq(users.id, String(record.id)));
  const { disabledAt } = (await root("GET", path)).json;
  expect((await root("PATCH", path, { body: { disabledAt } })).status).toBe(200);
  const [row] = await ctx.db
    .select({ isSame: sql<boolean>`${users.disabledAt} = ${fine}::timestamptz` })
    .from(users)
    .where(eq(users.id, String(record.id)));
  expect(row).toEqual({ isSame: true });
});

/** Values that no field of that name takes, and fields that there are not or that cannot be written. */
const WRONG_FIELDS: Record<Editable, [field: string, value: unknown][]> = {
  users: [
    ...["nope", "constructor", "__proto__", "toString", "passwordHash", "version", "locale", "loginIdCanonical"].map(
      (name): [string, unknown] => [name, "x"],
    ),
    ...READ_ONLY.map((name): [string, unknown] => [name, null]),
    ...[5, null, "", "   ", ["a@example.com"], { a: 1 }, "no address", "a,b@example.com", "a\0@example.com"].map(
      (value): [string, unknown] => ["loginId", value],
    ),
    ["loginId", `${"x".repeat(300)}@example.com`],
    ["loginId", "\ud800@example.com"],
    ...["yes", 1, null, [true], {}].map((value): [string, unknown] => ["isEnabled", value]),
    ...["yes", 1, [true]].map((value): [string, unknown] => ["isSuperuser", value]),
    ...[
      5,
      true,
      "yesterday",
      "2026-02-30",
      "0000-01-01",
      "2031-05-06T25:00:00Z",
      "2031-05-06T07:08:09+02:00",
      [],
      {},
    ].map((value): [string, unknown] => ["disabledAt", value]),
    ...["x", 5, null, {}, [1], [null], ["x"], [["x"]], [randomUUID()], "0190d5a0-0000-7000-8000-000000000000"].map(
      (value): [string, unknown] => ["groupIds", value],
    ),
    ["bundleIds", [randomUUID()]],
    ["permissionIds", [randomUUID()]],
    ...[5, true, ["x"], {}, "short", "x".repeat(1025)].map((value): [string, unknown] => ["password", value]),
    ["confirm", "without a password"],
  ],
  groups: [
    ["nope", 1],
    ["constructor", 1],
    ["__proto__", 1],
    ["id", randomUUID()],
    ["createdAt", "2026-01-01T00:00:00Z"],
    ["nameCanonical", "x"],
    ...[5, null, "", " ", [], {}, "a\0b", "a\u202eb", "\ud800", "x".repeat(201)].map((value): [string, unknown] => [
      "name",
      value,
    ]),
    ["bundleIds", [randomUUID()]],
    ["permissionIds", "x"],
    ["permissionIds", [randomUUID()]],
    ["userIds", []],
  ],
  bundles: [
    ["nope", 1],
    ["bundleIds", []],
    ["updatedAt", null],
    ["name", {}],
    ["permissionIds", [randomUUID()]],
  ],
};

for (const entity of EDITABLE) {
  test(`${entity}: a wrong field is refused by name, and nothing is written`, async ({ as, unique }) => {
    const root = await as(people.root);
    const { path, etag, record } = await added(root, entity, smallest(entity, unique("right")));
    for (const [field, value] of WRONG_FIELDS[entity]) {
      const what = `${field}: ${JSON.stringify(value)?.slice(0, 50)}`;
      // As text, because an object literal would take __proto__ for its prototype.
      const sent = `${JSON.stringify(field)}: ${JSON.stringify(value)}`;
      const stem = unique(`wrong-${Math.random().toString(36).slice(2)}`);
      const others = JSON.stringify(without(smallest(entity, stem), [field])).slice(1, -1);
      expectNames(await root("PATCH", path, { body: `{${sent}}` }), field, `PATCH ${what}`);
      expectNames(
        await root("POST", `/api/${entity}`, { body: `{${[others, sent].filter(Boolean)}}` }),
        field,
        `POST ${what}`,
      );
      expect((await root("GET", `/api/${entity}?q=${stem}`)).json.total, what).toBe(0);
    }
    const after = await root("GET", path);
    expect([after.headers.get("etag"), after.json]).toEqual([etag, record]);
  });
}

const WRONG_BODIES: Record<string, string> = {
  nothing: "",
  "no JSON": "{",
  "a list": "[]",
  null: "null",
  "a number": "5",
  "a text": '"x"',
  "a form": "loginId=a%40example.com",
  "two objects": "{}{}",
};

test("a body that is no JSON object is refused", async ({ as, unique }) => {
  const root = await as(people.root);
  const { path } = await added(root, "users", smallest("users", unique("body")));
  for (const [what, body] of Object.entries(WRONG_BODIES)) {
    expectNames(await root("POST", "/api/users", { body }), "body", `POST ${what}`);
    expectNames(await root("PATCH", path, { body }), "body", `PATCH ${what}`);
  }
  expectProblem(await root("POST", "/api/users"), 400, "no body at all");
  for (const megabytes of [1.5, 3]) {
    const body = { loginId: `${"x".repeat(megabytes * 1024 * 1024)}@example.com` };
    for (const answer of [await root("POST", "/api/users", { body }), await root("PATCH", path, { body })]) {
      expect([400, 413], `${megabytes} MB: ${answer.text}`).toContain(answer.status);
      expectProblem(answer, answer.status);
    }
  }
  const deep = `{"groupIds":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  expectNames(await root("PATCH", path, { body: deep }), "groupIds", "a deep list");
});

const SPELLINGS: [how: string, respell: (loginId: string) => string][] = [
  ["the same", (loginId) => loginId],
  ["in capitals", (loginId) => loginId.toUpperCase()],
  ["with blanks", (loginId) => `  ${loginId}\t`],
  ["in full-width letters", (loginId) => loginId.replace("taken", "\uff34\uff21\uff2b\uff25\uff2e")],
];

test("a taken login id or name is a conflict, however it is spelt", async ({ as, unique }) => {
  const root = await as(people.root);
  for (const entity of EDITABLE) {
    const holder = smallest(entity, unique("taken").toLowerCase());
    const field = labelField(entity);
    await added(root, entity, holder);
    const other = await added(root, entity, smallest(entity, unique("other")));
    for (const [how, respell] of SPELLINGS) {
      const body = { [field]: respell(String(holder[field])) };
      expectNames(await root("POST", `/api/${entity}`, { body }), field, `POST ${entity} ${how}`, 409);
      expectNames(await root("PATCH", other.path, { body }), field, `PATCH ${entity} ${how}`, 409);
    }
    expect((await root("GET", other.path)).json).toEqual(other.record);
    const own = String(other.record[field]).toUpperCase();
    expect((await root("PATCH", other.path, { body: { [field]: own } })).json).toMatchObject({ [field]: own });
  }
});

test("a password is set, once or twice typed, and holds", async ({ as, ctx, unique }) => {
  const root = await as(people.root);
  const { path, record, etag } = await added(root, "users", smallest("users", unique("secretive")));
  const differing = { password: PASSWORD, confirm: `${PASSWORD}!` };
  expectNames(await root("PATCH", path, { body: differing }), "confirm", "two passwords");
  const set = await root("PATCH", path, { body: { password: PASSWORD } });
  expect([set.status, set.headers.get("etag") === etag]).toEqual([200, false]);
  const [row] = await ctx.db
    .select()
    .from(users)
    .where(eq(users.id, String(record.id)));
  expect(row).toMatchObject({ isVerified: true, passwordHash: expect.stringMatching(/^\$argon2id\$/) });
});

const UNKNOWN = randomUUID();

test("who lacks the permission learns nothing: 403 whatever there is", async ({ as, unique }) => {
  const [root, plain] = [await as(people.root), await as(people.plain)];
  for (const entity of ENTITIES) {
    for (const path of [`/api/${entity}`, `/api/${entity}?nope=1`, `/api/${entity}/${UNKNOWN}`, `/api/${entity}/x`]) {
      expectProblem(await plain("GET", path), 403, path);
    }
  }
  for (const entity of EDITABLE) {
    const { path, record } = await added(root, entity, smallest(entity, unique("guarded")));
    for (const body of [smallest(entity, unique("intruder")), {}, "{"]) {
      expectProblem(await plain("POST", `/api/${entity}`, { body }), 403);
      for (const each of [path, `/api/${entity}/${UNKNOWN}`, `/api/${entity}/x`]) {
        expectProblem(await plain("PATCH", each, { body }), 403, each);
      }
    }
    for (const each of [path, `/api/${entity}/${UNKNOWN}`]) expectProblem(await plain("DELETE", each), 403, each);
    expect((await root("GET", path)).json).toEqual(record);
  }
});

test("what is not there is a 404 for who may look", async ({ as }) => {
  const root = await as(people.root);
  for (const entity of ENTITIES) {
    for (const id of [UNKNOWN, "x", "1e3", "%00", "..%2Fusers", "999999999999999999", "9".repeat(40)]) {
      expectProblem(await root("GET", `/api/${entity}/${id}`), 404, `${entity} ${id}`);
    }
  }
  for (const entity of EDITABLE) {
    for (const id of [UNKNOWN, "x", "%00", "1"]) {
      expectProblem(await root("PATCH", `/api/${entity}/${id}`, { body: {} }), 404, `${entity} ${id}`);
      expectProblem(await root("DELETE", `/api/${entity}/${id}`), 404, `${entity} ${id}`);
    }
  }
  for (const name of ["nothing", "constructor", "__proto__", "toString", "user", "Users"]) {
    expectProblem(await root("GET", `/api/${name}`), 404, name);
    expectProblem(await root("GET", `/api/${name}/${UNKNOWN}`), 404, name);
    expectProblem(await root("POST", `/api/${name}`, { body: {} }), 404, name);
  }
});

test("an id is one id in capitals too", async ({ as, unique }) => {
  const root = await as(people.root);
  for (const entity of EDITABLE) {
    const { record } = await added(root, entity, smallest(entity, unique("capital")));
    const path = `/api/${entity}/${String(record.id).toUpperCase()}`;
    const statuses = [
      (await root("GET", path)).status,
      (await root("PATCH", path, { body: {} })).status,
      (await root("DELETE", path)).status,
    ];
    // All the same, whichever it is: a record that can be read can be changed.
    expect([
      [200, 200, 204],
      [404, 404, 404],
    ]).toContainEqual(statuses);
  }
});

test("nobody gets a challenge, and nothing else", async ({ as }) => {
  const stranger = clientOf(serverUrl(), `gatehouse-session=${"A".repeat(43)}`);
  for (const client of [await as(), stranger]) {
    for (const entity of [...ENTITIES, "nothing", "me", "openapi.json"]) {
      const answer = await client("GET", `/api/${entity}`);
      expectProblem(answer, 401, entity);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
    for (const entity of EDITABLE) {
      expectProblem(await client("POST", `/api/${entity}`, { body: {} }), 401, entity);
      expectProblem(await client("PATCH", `/api/${entity}/${UNKNOWN}`, { body: {} }), 401, entity);
      expectProblem(await client("DELETE", `/api/${entity}/${UNKNOWN}`), 401, entity);
    }
  }
});

test("no other site can change anything", async ({ as, unique }) => {
  const root = await as(people.root);
  const own = serverUrl();
  const { port } = new URL(own);
  const foreign: Record<string, string | null>[] = [
    ...["null", "https://evil.example", `${own}.evil.example`, `https://localhost:${port}`, "http://localhost:1"].map(
      (origin) => ({ origin }),
    ),
    { origin: null },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: null, "sec-fetch-site": "cross-site" },
  ];
  for (const entity of EDITABLE) {
    const { path, etag } = await added(root, entity, smallest(entity, unique("origin")));
    const intruder = unique("foreign");
    for (const headers of foreign) {
      const body = smallest(entity, intruder);
      const what = JSON.stringify(headers);
      expectProblem(await root("POST", `/api/${entity}`, { body, headers }), 403, what);
      expectProblem(await root("PATCH", path, { body, headers }), 403, what);
      expectProblem(await root("DELETE", path, { headers }), 403, what);
    }
    expect((await root("GET", path)).headers.get("etag")).toBe(etag);
    expect((await root("GET", `/api/${entity}?q=${intruder}`)).json.total).toBe(0);
  }
  const read = await root("GET", "/api/users", { headers: { origin: "https://evil.example" } });
  expect(read.headers.get("access-control-allow-origin")).toBeNull();
});

test("permissions and the audit trail are only read", async ({ as }) => {
  const root = await as(people.root);
  for (const entity of ["permissions", "audit"]) {
    const [first] = itemsOf(await root("GET", `/api/${entity}?size=1`));
    const path = `/api/${entity}/${first?.id}`;
    for (const body of [{}, first ?? {}, "{"]) {
      const answers = [await root("POST", `/api/${entity}`, { body }), await root("PATCH", path, { body })];
      for (const { status } of [...answers, await root("DELETE", path)]) expect([404, 405]).toContain(status);
    }
    expect(without((await root("GET", path)).json, TIMES)).toMatchObject({ id: first?.id });
  }
});

/** All keys anywhere in a value. */
const keysIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysIn);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
};

test("no answer holds a hash, a session or a secret", async ({ ctx, unique }) => {
  const id = await addPerson(ctx, `${unique("keeper")}@example.com`, { isSuperuser: true });
  const cookie = await cookieOf(ctx, id);
  const client = clientOf(serverUrl(), cookie);
  const loginId = `${unique("kept")}@example.com`;
  const made = await client("POST", "/api/users", { body: { loginId, password: PASSWORD } });
  const path = `/api/users/${made.json.id}`;
  const answers = [
    made,
    await client("PATCH", path, { body: { password: `${PASSWORD} again` } }),
    await client("PATCH", path, { body: { password: PASSWORD, confirm: "x" } }),
    await client("POST", "/api/users", { body: { loginId, password: PASSWORD } }),
    await client("GET", path),
    await client("GET", "/api/me"),
    ...(await Promise.all(ENTITIES.map((entity) => client("GET", `/api/${entity}?size=100`)))),
    await client("GET", `/api/audit?entityLabel=${loginId}`),
  ];
  const secrets = [PASSWORD, "$argon2", cookie.split("=")[1] ?? cookie];
  for (const { text, json, status } of answers) {
    for (const secret of secrets) expect(text).not.toContain(secret);
    // A refusal names the field that is wrong.
    if (status < 400)
      expect(keysIn(json).filter((key) => /password|hash|secret|confirm|session/i.test(key))).toEqual([]);
  }
});

test("who is a superuser is for superusers to know and to say", async ({ as, unique }) => {
  const [root, manager] = [await as(people.root), await as(people.manager)];
  const loginId = `${unique("chief")}@example.com`;
  const { path, etag } = await added(root, "users", { loginId, isSuperuser: true });
  const audit = `/api/audit?entityLabel=${loginId}`;
  for (const seen of [`/api/users?q=${loginId}`, path, audit]) {
    expect((await root("GET", seen)).text, seen).toContain("isSuperuser");
    expect((await manager("GET", seen)).text, seen).not.toContain("isSuperuser");
  }
  const [event] = itemsOf(await manager("GET", audit));
  expect((await manager("GET", `/api/audit/${event?.id}`)).text).not.toContain("isSuperuser");
  for (const query of ["isSuperuser=true", "sort=isSuperuser", "cols=isSuperuser"]) {
    const [param = ""] = query.split("=");
    expectNames(await manager("GET", `/api/users?${query}`), param, query);
  }
  const other = await added(manager, "users", smallest("users", unique("plain")));
  expect(other.record).not.toHaveProperty("isSuperuser");
  const promotion = { ...smallest("users", unique("never")), isSuperuser: true };
  expectProblem(await manager("POST", "/api/users", { body: promotion }), 403);
  expectProblem(await manager("PATCH", other.path, { body: { isSuperuser: true } }), 403);
  expectProblem(await manager("PATCH", path, { body: { isEnabled: false } }), 403);
  expectProblem(await manager("DELETE", path), 403);
  expect((await root("GET", path)).headers.get("etag")).toBe(etag);
  expect((await root("GET", other.path)).json).toMatchObject({ isSuperuser: false });
});

test("what a bundle gives or gives no longer holds from the next request on", async ({ as, ctx, unique }) => {
  const name = unique("bundle");
  const bundleId = await createBundle(ctx, { name, permissionIds: [] });
  const groupId = await createGroup(ctx, { name, bundleIds: [bundleId], permissionIds: [] });
  const loginId = `${name}@example.com`;
  const id = await addPerson(ctx, loginId);
  const [root, member] = [await as(people.root), await as(loginId)];
  expect((await root("PATCH", `/api/users/${id}`, { body: { groupIds: [groupId] } })).status).toBe(200);
  const permissions = async () => (await member("GET", "/api/me")).json.permissions;
  const give = (permissionIds: string[]) => root("PATCH", `/api/bundles/${bundleId}`, { body: { permissionIds } });

  expect(await permissions()).toEqual([]);
  await give([await managePermissionId(ctx)]);
  expect(await permissions()).toEqual(["auth-manage"]);
  expect((await member("GET", "/api/users?size=1")).status).toBe(200);
  await give([]);
  expect(await permissions()).toEqual([]);
  expect((await member("GET", "/api/users?size=1")).status).toBe(403);
  await give([await managePermissionId(ctx)]);
  expect((await root("DELETE", `/api/bundles/${bundleId}`)).status).toBe(204);
  expect((await member("GET", "/api/users?size=1")).status).toBe(403);
});

type Operation = {
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json & { properties?: Json } }> };
  responses: Record<string, Json>;
};
type PathItem = Record<string, Operation> & { parameters?: Operation["parameters"] };
type OpenApi = {
  openapi: string;
  info: Json;
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, Json>; responses: Json; securitySchemes: Json };
};

const METHODS = ["get", "post", "patch", "delete"];

async function documentFor(client: Client): Promise<OpenApi> {
  const { status, json } = await client("GET", "/api/openapi.json");
  expect(status).toBe(200);
  return json as unknown as OpenApi;
}

const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation
        ? [{ path, method, operation, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])] }]
        : [];
    }),
  );

const bodySchemaOf = (document: OpenApi, entity: Editable, method: "post" | "patch"): Json & { properties?: Json } => {
  const path = method === "post" ? `/api/${entity}` : `/api/${entity}/{id}`;
  return document.paths[path]?.[method]?.requestBody?.content["application/json"]?.schema ?? {};
};

/** What a value has that a JSON Schema does not allow. */
const issuesOf = (schema: Json, value: unknown) =>
  z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).error?.issues ?? [];

/** All values of `$ref` anywhere in a document. */
const refsIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [String(inner)] : refsIn(inner)));
};

test("the API describes itself in OpenAPI 3.1", async ({ as }) => {
  const document = await documentFor(await as(people.plain));
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  for (const ref of refsIn(document)) {
    expect(ref).toMatch(/^#\//);
    const target = ref
      .slice(2)
      .split("/")
      .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
    expect(target, ref).toBeDefined();
  }
  for (const { path, method, operation, parameters } of operationsOf(document)) {
    const what = `${method} ${path}`;
    expect(path, what).toMatch(/^\//);
    const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(
      parameters.filter((each) => each.in === "path").map(({ name }) => name),
      what,
    ).toEqual(templated);
    const names = parameters.map((each) => `${each.in} ${each.name}`);
    expect(new Set(names).size, what).toBe(names.length);
    for (const parameter of parameters) expect(parameter.schema, `${what} ${parameter.name}`).toBeInstanceOf(Object);
    expect(
      Object.keys(operation.responses).every((status) => /^[1-5]\d\d$/.test(status)),
      what,
    ).toBe(true);
    for (const response of Object.values(operation.responses)) {
      expect(response.$ref ?? response.description, what).toEqual(expect.any(String));
    }
    expect(operation.responses, what).toHaveProperty("401");
  }
  // Both are unknown to JSON Schema 2020-12, which OpenAPI 3.1 speaks.
  expect(keysIn(document.components.schemas)).not.toContain("nullable");
});

test("everything that is described answers, and nothing else does", async ({ as, ctx, unique }) => {
  const root = await as(people.root);
  const document = await documentFor(root);
  expect(Object.keys(document.paths).sort()).toEqual(
    ENTITIES.flatMap((entity) => [`/api/${entity}`, `/api/${entity}/{id}`]).sort(),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    const entity = path.split("/")[2] ?? "";
    const editable = EDITABLE.find((each) => each === entity);
    const idOf = async () => {
      if (editable) return (await added(root, editable, smallest(editable, unique("described")))).record.id;
      // Deleting one lifts it, which other tests would miss.
      if (entity === "locks") return addLock(ctx, unique("described"));
      return itemsOf(await root("GET", `/api/${entity}?size=1`))[0]?.id;
    };
    const id = await idOf();
    for (const method of METHODS) {
      const { status } = await root(
        method.toUpperCase(),
        path.replace("{id}", String(id)),
        method === "get" ? {} : { body: {} },
      );
      const described = Object.keys(item[method]?.responses ?? { 404: {}, 405: {} });
      expect(described, `${method} ${path}`).toContain(String(status));
      if (item[method]) expect([404, 405], `${method} ${path}`).not.toContain(status);
    }
  }
});

for (const entity of EDITABLE) {
  test(`${entity}: the described body has exactly the keys that are accepted`, async ({ as, unique }) => {
    const root = await as(people.root);
    const document = await documentFor(root);
    const { path } = await added(root, entity, smallest(entity, unique("keys")));
    const accepts = async (key: string) => {
      const answer = await root("PATCH", path, { body: { [key]: 5 } });
      expectNames(answer, key, key);
      return errorsOf(answer)[key]?.key !== "unknownField";
    };
    const candidates = [
      ...new Set([...KEYS.users, ...KEYS[entity], "name", "password", "confirm", "sendWelcome", "version"]),
    ];
    const accepted = [];
    for (const key of candidates) if (await accepts(key)) accepted.push(key);
    for (const method of ["post", "patch"] as const) {
      expect(sortedKeys(bodySchemaOf(document, entity, method).properties ?? {}), method).toEqual(accepted.sort());
    }
  });

  test(`${entity}: what is described takes what GET gives`, async ({ as, unique }) => {
    const root = await as(people.root);
    const document = await documentFor(root);
    const { record } = await added(root, entity, smallest(entity, unique("valid")));
    const writable = Object.fromEntries(WRITABLE[entity].map((key) => [key, record[key]]));
    expect(issuesOf(bodySchemaOf(document, entity, "patch"), writable)).toEqual([]);
  });
}

test("records are as described", async ({ as }) => {
  const root = await as(people.root);
  const { components } = await documentFor(root);
  for (const entity of ENTITIES) {
    const schema = components.schemas[entity] ?? {};
    for (const item of itemsOf(await root("GET", `/api/${entity}?size=20`))) {
      expect(issuesOf(schema, item), entity).toEqual([]);
      expect(sortedKeys(schema.properties as Json), entity).toEqual(sortedKeys(item));
    }
  }
});
