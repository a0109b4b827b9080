import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { type Client, clientOf, cookieOf, getFlight } from "@/e2e/support/api";
import { actionOn, formData, postedForm } from "@/e2e/support/forms";
import { addPerson, managePermissionId, PASSWORD } from "@/e2e/support/people";
import { isIn, signInBy } from "@/e2e/support/sign-in";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { createBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { updateRecord } from "@/lib/crud/save";
import {
  bundlePermissions,
  bundles,
  groupBundles,
  groupPermissions,
  groups,
  userBundles,
  userPermissions,
} from "@/lib/db/schema/access";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { userEntity } from "@/lib/users/entity";
import { deleteUser, setPassword } from "@/lib/users/service";

/** Stale authority: what a browser or a program holds says who it is, and never what it may do. */

type Unique = (stem: string) => string;

type Held = { id: string; session: Client[]; bearer: Client[]; end: (ctx: Context) => Promise<unknown> };

const servers = () => [env("E2E_BASE_URL"), env("E2E_WITHOUT_MIDDLEWARE_URL")];

/** With a cookie and with a token, at the server with the middleware and at the one without. */
async function holding(ctx: Context, id: string): Promise<Omit<Held, "end">> {
  const cookie = await cookieOf(ctx, id);
  const { accessToken } = await createAccessToken(ctx, { id });
  return {
    id,
    session: servers().map((base) => clientOf(base, cookie)),
    bearer: servers().map((base): Client => {
      const client = clientOf(base);
      return (method, path) =>
        client(method, path, { headers: { origin: null, authorization: `Bearer ${accessToken}` } });
    }),
  };
}

/** Ways to hold `auth-manage`, each with the link that is then cut. */
const links: Record<string, (ctx: Context, unique: Unique, manage: string) => Promise<Held>> = {
  "a permission of one's own": async (ctx, unique, manage) => {
    const id = await addPerson(ctx, `${unique("own")}@example.com`, { permissionIds: [manage] });
    const end = ({ db }: Context) => db.delete(userPermissions).where(eq(userPermissions.userId, id));
    return { ...(await holding(ctx, id)), end };
  },
  "a bundle of one's own": async (ctx, unique, manage) => {
    const bundleId = await createBundle(ctx, { name: unique("bundle"), permissionIds: [manage] });
    const id = await addPerson(ctx, `${unique("bundled")}@example.com`);
    await ctx.db.insert(userBundles).values({ userId: id, bundleId });
    return { ...(await holding(ctx, id)), end: ({ db }) => db.delete(userBundles).where(eq(userBundles.userId, id)) };
  },
  "what a bundle of one's own gives": async (ctx, unique, manage) => {
    const bundleId = await createBundle(ctx, { name: unique("bundle"), permissionIds: [manage] });
    const id = await addPerson(ctx, `${unique("given")}@example.com`);
    await ctx.db.insert(userBundles).values({ userId: id, bundleId });
    const end = ({ db }: Context) => db.delete(bundlePermissions).where(eq(bundlePermissions.bundleId, bundleId));
    return { ...(await holding(ctx, id)), end };
  },
  "what a group gives": async (ctx, unique, manage) => {
    const groupId = await createGroup(ctx, { name: unique("group"), bundleIds: [], permissionIds: [manage] });
    const id = await addPerson(ctx, `${unique("member")}@example.com`, { groupIds: [groupId] });
    const end = ({ db }: Context) => db.delete(groupPermissions).where(eq(groupPermissions.groupId, groupId));
    return { ...(await holding(ctx, id)), end };
  },
  "a bundle of a group": async (ctx, unique, manage) => {
    const bundleId = await createBundle(ctx, { name: unique("bundle"), permissionIds: [manage] });
    const groupId = await createGroup(ctx, { name: unique("group"), bundleIds: [bundleId], permissionIds: [] });
    const id = await addPerson(ctx, `${unique("member")}@example.com`, { groupIds: [groupId] });
    const end = ({ db }: Context) =>
      db.delete(groupBundles).where(and(eq(groupBundles.groupId, groupId), eq(groupBundles.bundleId, bundleId)));
    return { ...(await holding(ctx, id)), end };
  },
  "a group that is deleted": async (ctx, unique, manage) => {
    const groupId = await createGroup(ctx, { name: unique("group"), bundleIds: [], permissionIds: [manage] });
    const id = await addPerson(ctx, `${unique("member")}@example.com`, { groupIds: [groupId] });
    return { ...(await holding(ctx, id)), end: ({ db }) => db.delete(groups).where(eq(groups.id, groupId)) };
  },
  "a bundle that is deleted": async (ctx, unique, manage) => {
    const bundleId = await createBundle(ctx, { name: unique("bundle"), permissionIds: [manage] });
    const groupId = await createGroup(ctx, { name: unique("group"), bundleIds: [bundleId], permissionIds: [] });
    const id = await addPerson(ctx, `${unique("member")}@example.com`, { groupIds: [groupId] });
    return { ...(await holding(ctx, id)), end: ({ db }) => db.delete(bundles).where(eq(bundles.id, bundleId)) };
  },
  "the flag of superusers": async (ctx, unique) => {
    const id = await addPerson(ctx, `${unique("super")}@example.com`, { isSuperuser: true });
    return {
      ...(await holding(ctx, id)),
      end: (then) => updateRecord(then, userEntity, id, undefined, { isSuperuser: false }),
    };
  },
};

for (const [what, hold] of Object.entries(links)) {
  test(`without ${what}: 403 at the next request and a shorter menu, for session and bearer, at every server`, async ({
    ctx,
    unique,
  }) => {
    const { session, bearer, end } = await hold(ctx, unique, await managePermissionId(ctx));
    const pages = ["/admin/users", "/admin/users/add", "/admin/users/export?format=csv", "/api/users"];
    const seen = async () => ({
      session: await Promise.all(
        session.map((client) => Promise.all(pages.map(async (page) => (await client("GET", page)).status))),
      ),
      rsc: await Promise.all(
        session.map(async (client) =>
          (await getFlight(client, "/admin/users?q=person-001")).text.includes("person-001@example"),
        ),
      ),
      bearer: await Promise.all(bearer.map(async (client) => (await client("GET", "/api/users")).status)),
      permissions: await Promise.all(
        [...session, ...bearer].map(async (client) => (await client("GET", "/api/me")).json.permissions),
      ),
      menu: await Promise.all(
        session.map(async (client) => (await client("GET", "/")).text.includes('href="/admin/users"')),
      ),
    });
    const every = <T>(value: T, count = 2) => Array(count).fill(value);
    expect(await seen()).toEqual({
      session: every(every(200, 4)),
      rsc: every(true),
      bearer: every(200),
      permissions: every(["auth-manage"], 4),
      menu: every(true),
    });
    await end(ctx);
    expect(await seen()).toEqual({
      session: every(every(403, 4)),
      rsc: every(false),
      bearer: every(403),
      permissions: every([], 4),
      menu: every(false),
    });
  });
}

test("a form that was opened with more rights than its sender has left is refused", async ({ ctx, unique }) => {
  const id = await addPerson(ctx, `${unique("opener")}@example.com`, { isSuperuser: true });
  const victim = await addPerson(ctx, `${unique("victim")}@example.com`);
  const client = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, id));
  const edit = await postedForm(client, `/admin/users/${victim}/edit`);
  const remove = await postedForm(client, `/admin/users/${victim}/delete`);
  const add = await postedForm(client, "/admin/users/add");
  await updateRecord(ctx, userEntity, id, undefined, { isSuperuser: false });
  const added = `${unique("added")}@example.com`;
  const answers = [
    await edit(
      ["id", victim],
      ["version", "1"],
      ["loginId", `${unique("renamed")}@example.com`],
      ["isSuperuser", "on"],
    ),
    await remove(["id", victim]),
    await add(["loginId", added], ["isEnabled", "on"], ["isSuperuser", "on"]),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  const [row] = await ctx.db.select().from(users).where(eq(users.id, victim));
  expect(row).toMatchObject({ isSuperuser: false, version: 1 });
  expect(await ctx.db.$count(users, eq(users.loginId, added))).toBe(0);
});

const spoiled: Record<string, (value: string, hash: string) => string> = {
  "in quotes": (value) => `"${value}"`,
  "with a character more": (value) => `${value}A`,
  "with a character less": (value) => value.slice(1),
  "in capitals": (value) => value.toUpperCase(),
  "its hash": (_, hash) => hash,
  "percent-encoded": (value) => `%${value.charCodeAt(0).toString(16)}${value.slice(1)}`,
  "with a NUL": (value) => `${value}%00`,
  "an object": () => "[object Object]",
  empty: () => "",
  "16 KB": (value) => value.repeat(190),
};

test("a session cookie is nothing in another form", async ({ ctx, unique }) => {
  const id = await addPerson(ctx, `${unique("cookie")}@example.com`);
  const cookie = await cookieOf(ctx, id);
  const [name = "", value = ""] = cookie.split("=");
  const hash = createHash("sha256").update(value).digest("base64url");
  const [row] = await ctx.db.select({ id: sessions.id }).from(sessions).where(eq(sessions.tokenHash, hash));
  const others = Object.fromEntries(
    Object.entries(spoiled).map(([what, spoil]) => [what, `${name}=${spoil(value, hash)}`]),
  );
  const cookies: Record<string, string> = {
    ...others,
    "the id of the session": `${name}=${row?.id}`,
    "another name": `__Host-${name}=${value}`,
    "the name of Auth.js": `authjs.session-token=${value}`,
    "a bad one behind it": `${cookie}; ${name}=${"A".repeat(43)}`,
  };
  for (const base of servers()) {
    for (const [what, sent] of Object.entries(cookies)) {
      const { status } = await clientOf(base, sent)("GET", "/api/me");
      expect([what, [401, 431].includes(status)]).toEqual([what, true]);
    }
    expect((await clientOf(base, cookie)("GET", "/api/me")).status).toBe(200);
  }
});

test("a cookie that was planted before is not the one after a sign-in, by form or endpoint, and opens nothing", async ({
  ctx,
  unique,
}) => {
  const loginId = `${unique("planted")}@example.com`;
  const id = await addPerson(ctx, loginId);
  const base = env("E2E_BASE_URL");
  const planted = `gatehouse-session=${"P".repeat(43)}`;
  const signIn = await signInBy(base);
  // A live session of the attacker, which must not become that of the victim.
  const attackers = await cookieOf(ctx, await addPerson(ctx, `${unique("attacker")}@example.com`));
  const action = actionOn((await clientOf(base)("GET", "/login")).text);
  const body = formData(action, [
    ["loginId", loginId],
    ["password", PASSWORD],
  ]);
  const byForm = (cookie: string) => clientOf(base, cookie)("POST", "/login", { body });
  const answers = [await byForm(planted), await byForm(attackers), await signIn(loginId, PASSWORD)];
  expect(answers.map(isIn)).toEqual([true, true, true]);
  const values = answers.map(({ headers }) =>
    headers.getSetCookie().find((line) => line.startsWith("gatehouse-session=")),
  );
  expect(new Set(values).size).toBe(3);
  for (const cookie of [planted, attackers]) {
    const { json, status } = await clientOf(base, cookie)("GET", "/api/me");
    expect(JSON.stringify(json)).not.toContain(id);
    expect(status).toBe(401);
  }
});

const ends: Record<string, (ctx: Context, held: { id: string; loginId: string; client: Client }) => Promise<unknown>> =
  {
    "logging out": (_, { client }) => client("POST", "/logout", { body: "" }),
    "a new password": (ctx, { loginId }) => setPassword(ctx, loginId, "another walk in the rain"),
    "being disabled": (ctx, { id }) => updateRecord(ctx, userEntity, id, undefined, { isEnabled: false }),
    "being disabled and enabled": async (ctx, { id }) => {
      await updateRecord(ctx, userEntity, id, undefined, { isEnabled: false });
      await updateRecord(ctx, userEntity, id, undefined, { isEnabled: true });
    },
    "the date of the end": (ctx, { id }) =>
      ctx.db
        .update(users)
        .set({ disabledAt: new Date(0) })
        .where(eq(users.id, id)),
    "being deleted": (ctx, { id }) => deleteUser(ctx, id),
    "being deleted and made anew": async (ctx, { id, loginId }) => {
      await deleteUser(ctx, id);
      await addPerson(ctx, loginId);
    },
  };

const flights: Record<string, string>[] = [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }];

test("a cookie that is replayed opens no page, no handler and no flight data, at any server", async ({
  ctx,
  unique,
}) => {
  for (const [what, end] of Object.entries(ends)) {
    const loginId = `${unique("replayed")}@example.com`;
    const id = await addPerson(ctx, loginId);
    const cookie = await cookieOf(ctx, id);
    const [client = clientOf(env("E2E_BASE_URL"), cookie)] = servers().map((base) => clientOf(base, cookie));
    for (const headers of flights.slice(0, 2)) {
      expect((await getFlight(client, "/account", headers)).text).toContain(loginId);
    }
    await end(ctx, { id, loginId, client });
    for (const base of servers()) {
      const again = clientOf(base, cookie);
      for (const headers of flights) {
        const { text } = await getFlight(again, "/account", headers);
        expect([what, text.includes(loginId)]).toEqual([what, false]);
      }
      expect([what, (await again("GET", "/api/me")).status]).toEqual([what, 401]);
      expect([what, (await again("POST", "/api/token")).status]).toEqual([what, 401]);
      expect([what, (await again("GET", "/api/auth/session")).text]).toEqual([what, "null"]);
    }
  }
});
