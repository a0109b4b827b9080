import { createHmac } from "node:crypto";
import { connect as openSocket } from "node:net";
import { eq, sql } from "drizzle-orm";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { createBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { updateRecord } from "@/lib/crud/save";
import { accessTokens, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { userEntity } from "@/lib/users/entity";
import { deleteUser, getUser, setPassword } from "@/lib/users/service";
import { env, expect, test } from "./fixtures";
import { type Client, clientOf, cookieOf } from "./support/api";
import { addPerson, managePermissionId } from "./support/people";

/** Access tokens: from the request for one to the end of it. */

const serverUrl = () => env("E2E_BASE_URL");

/** Requests of a program: nothing but the token, and no origin. */
function programOf(token: string, base = serverUrl()): Client {
  const client = clientOf(base);
  return (method, path, { body, headers = {} } = {}) =>
    client(method, path, { body, headers: { origin: null, authorization: `Bearer ${token}`, ...headers } });
}

/** A token of this server's, as everybody gets one. */
async function tokenOf(ctx: Context, id: string, base = serverUrl()): Promise<string> {
  const { status, json } = await clientOf(base, await cookieOf(ctx, id))("POST", "/api/token");
  expect(status).toBe(200);
  return String(json.accessToken);
}

test.describe("a token", () => {
  test("is made at /api/token by whoever is signed in, and is good for the API", async ({ ctx, unique }) => {
    const id = await addPerson(ctx, `${unique("holder")}@example.com`, {
      permissionIds: [await managePermissionId(ctx)],
    });
    const browser = clientOf(serverUrl(), await cookieOf(ctx, id));
    const made = await browser("POST", "/api/token");
    expect(made.status).toBe(200);
    expect(Object.keys(made.json).sort()).toEqual(["accessToken", "expiresAt"]);
    expect(made.headers.get("cache-control")).toBe("no-store");
    const before = await getUser(ctx, id);

    const program = programOf(String(made.json.accessToken));
    const me = await program("GET", "/api/me");
    expect(me.json).toMatchObject({ user: { id }, permissions: ["auth-manage"] });
    expect((await program("GET", "/api/users?size=1")).json).toMatchObject({ page: 1, size: 1 });
    const created = await program("POST", "/api/groups", { body: { name: unique("by-token") } });
    expect(created.status).toBe(201);

    // No cookie came of it, and no sign-in.
    for (const { headers } of [me, created]) expect(headers.get("set-cookie")).toBeNull();
    expect(await ctx.db.$count(sessions, eq(sessions.userId, id))).toBe(1);
    expect((await getUser(ctx, id)).lastLoginAt).toEqual(before.lastLoginAt);
  });

  test("is made by people only: not by strangers, by other tokens, or from another site", async ({ ctx, unique }) => {
    const id = await addPerson(ctx, `${unique("maker")}@example.com`);
    expect((await clientOf(serverUrl())("POST", "/api/token")).status).toBe(401);
    const program = programOf(await tokenOf(ctx, id));
    expect((await program("POST", "/api/token")).status).toBe(401);
    const browser = clientOf(serverUrl(), await cookieOf(ctx, id));
    for (const origin of ["https://evil.example", "null", null]) {
      expect((await browser("POST", "/api/token", { headers: { origin } })).status).toBe(403);
    }
    expect(await ctx.db.$count(accessTokens, eq(accessTokens.userId, id))).toBe(1);
  });

  test("opens no page, and no session", async ({ ctx, unique }) => {
    const id = await addPerson(ctx, `${unique("pages")}@example.com`, { isSuperuser: true });
    const program = programOf(await tokenOf(ctx, id));
    for (const path of ["/account", "/admin/users", "/admin/users/export?format=csv"]) {
      const { status, headers } = await program("GET", path);
      expect([status, headers.get("location")?.split("?")[0]], path).toEqual([303, "/login"]);
    }
    expect((await program("GET", "/api/auth/session")).text).toBe("null");
  });
});

test.describe("what is no good token", () => {
  /** Another spelling, another kind, another maker. */
  async function badValues(ctx: Context, id: string): Promise<Record<string, string>> {
    const good = await tokenOf(ctx, id);
    const [header, payload, signature] = good.split(".");
    const holder = await findLinkHolder(ctx.db, eq(users.id, id));
    if (!holder) throw new Error("there is no such user");
    const secret = "a secret of somebody else that is long enough";
    const forged = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ ...decodeProtectedHeader(good), alg: "HS512" })
      .sign(createHmac("sha512", secret).update("gatehouse access token").digest());
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
    return {
      empty: "",
      "only the scheme": "Bearer",
      "no token": "Bearer ",
      "no scheme": good,
      "lower-case scheme": `bearer ${good}`,
      "another scheme": `Basic ${good}`,
      "two spaces": `Bearer  ${good}`,
      "two tokens": `Bearer ${good} ${good}`,
      "two values": `Bearer ${good}, Bearer ${good}`,
      quoted: `Bearer "${good}"`,
      garbage: "Bearer x.y.z",
      "no dots": "Bearer abcdef",
      "16 KB": `Bearer ${"a".repeat(5000)}.${"b".repeat(5000)}.${"c".repeat(5000)}`,
      "alg none": `Bearer ${none}.${payload}.`,
      "alg none, signed": `Bearer ${none}.${payload}.${signature}`,
      "cut signature": `Bearer ${header}.${payload}.`,
      "foreign secret": `Bearer ${forged}`,
      "mailed link": `Bearer ${(await signLinkToken(holder, "reset")).token}`,
      session: `Bearer ${(await cookieOf(ctx, id)).split("=")[1]}`,
    };
  }

  test("is answered with 401 and how to do it, also beside a good cookie", async ({ ctx, unique }) => {
    const id = await addPerson(ctx, `${unique("bad")}@example.com`);
    const cookie = await cookieOf(ctx, id);
    for (const [what, authorization] of Object.entries(await badValues(ctx, id))) {
      for (const client of [clientOf(serverUrl()), clientOf(serverUrl(), cookie)]) {
        for (const base of ["/api/me", "/api/users"]) {
          const { status, headers } = await client("GET", base, { headers: { authorization } });
          expect(status, what).toBe(401);
          expect(headers.get("www-authenticate"), what).toMatch(/^Bearer /);
          expect(headers.get("set-cookie"), what).toBeNull();
        }
      }
    }
    expect((await clientOf(serverUrl(), cookie)("GET", "/api/me")).status).toBe(200);
  });

  test("nor are two headers, of which one would do, with and without the middleware", async ({ ctx, unique }) => {
    const id = await addPerson(ctx, `${unique("twice")}@example.com`);
    for (const base of [serverUrl(), env("E2E_WITHOUT_MIDDLEWARE_URL")]) {
      const token = await tokenOf(ctx, id, base);
      const { hostname, port } = new URL(base);
      const good = `authorization: Bearer ${token}`;
      const statusOf = (lines: string[]) =>
        new Promise<string>((resolve, reject) => {
          const socket = openSocket(Number(port), hostname, () =>
            socket.write(
              `${["GET /api/me HTTP/1.1", `host: ${hostname}`, "connection: close", ...lines].join("\r\n")}\r\n\r\n`,
            ),
          );
          let text = "";
          socket.setEncoding("utf8").on("data", (data) => {
            text += data;
          });
          socket.on("end", () => resolve(text.split(" ")[1] ?? "")).on("error", reject);
        });
      expect(await statusOf([good])).toBe("200");
      expect(await statusOf([good, "Authorization: Bearer x"])).toBe("401");
      expect(await statusOf(["Authorization: Bearer x", good])).toBe("401");
      expect(await statusOf([good, good])).toBe("401");
    }
  });
});

test.describe("from the next request on", () => {
  type Access = { session: Client; bearer: Client; id: string };

  /** Somebody with both, who holds auth-manage by a group. */
  async function somebody(
    ctx: Context,
    unique: (stem: string) => string,
  ): Promise<Access & { groupId: string; bundleId: string }> {
    const bundleId = await createBundle(ctx, { name: unique("b"), permissionIds: [await managePermissionId(ctx)] });
    const groupId = await createGroup(ctx, { name: unique("g"), bundleIds: [bundleId], permissionIds: [] });
    const id = await addPerson(ctx, `${unique("matrix")}@example.com`, { groupIds: [groupId] });
    return {
      ...{ id, groupId, bundleId },
      session: clientOf(serverUrl(), await cookieOf(ctx, id)),
      bearer: programOf(await tokenOf(ctx, id)),
    };
  }

  const change = (ctx: Context, id: string, fields: Record<string, unknown>) =>
    updateRecord(ctx, userEntity, id, undefined, fields);

  /** What happens, and what both kinds of access are worth afterwards: at /api/me and at /api/users. */
  const matrix: [
    string,
    (ctx: Context, access: Awaited<ReturnType<typeof somebody>>) => Promise<unknown>,
    [number, number],
  ][] = [
    ["nothing", async () => undefined, [200, 200]],
    ["disabled", (ctx, { id }) => change(ctx, id, { isEnabled: false }), [401, 401]],
    [
      "disabled and enabled again",
      async (ctx, { id }) => {
        await change(ctx, id, { isEnabled: false });
        await change(ctx, id, { isEnabled: true });
      },
      [401, 401],
    ],
    [
      "the date of the end comes",
      (ctx, { id }) => ctx.db.update(users).set({ disabledAt: sql`now()` }).where(eq(users.id, id)),
      [401, 401],
    ],
    [
      "not verified any more",
      (ctx, { id }) => ctx.db.update(users).set({ isVerified: false }).where(eq(users.id, id)),
      [401, 401],
    ],
    [
      "a new password",
      async (ctx, { id }) => setPassword(ctx, (await getUser(ctx, id)).loginId, "another walk in the rain"),
      [401, 401],
    ],
    ["deleted", (ctx, { id }) => deleteUser(ctx, id), [401, 401]],
    ["out of the group", (ctx, { id }) => change(ctx, id, { groupIds: [] }), [200, 403]],
    [
      "the bundle deleted",
      (ctx, { bundleId }) => ctx.db.execute(sql`delete from bundles where id = ${bundleId}`),
      [200, 403],
    ],
    ["made a superuser", (ctx, { id }) => change(ctx, id, { isSuperuser: true, groupIds: [] }), [200, 200]],
  ];

  for (const [what, happen, expected] of matrix) {
    test(`${what}: ${expected.join(", ")} for session and token`, async ({ ctx, unique }) => {
      const access = await somebody(ctx, unique);
      const statuses = async (client: Client) => [
        (await client("GET", "/api/me")).status,
        (await client("GET", "/api/users?size=1")).status,
      ];
      for (const client of [access.session, access.bearer]) expect(await statuses(client)).toEqual([200, 200]);
      await happen(ctx, access);
      for (const client of [access.session, access.bearer]) expect(await statuses(client)).toEqual(expected);
    });
  }

  test("revoked: the token ends, the session goes on; logged out: the other way round", async ({ ctx, unique }) => {
    const { session, bearer, id } = await somebody(ctx, unique);
    await session("POST", "/logout", { body: "" });
    expect((await session("GET", "/api/me")).status).toBe(401);
    expect((await bearer("GET", "/api/me")).status).toBe(200);
    const again = clientOf(serverUrl(), await cookieOf(ctx, id));
    await ctx.db.delete(accessTokens).where(eq(accessTokens.userId, id));
    expect((await bearer("GET", "/api/me")).status).toBe(401);
    expect((await again("GET", "/api/me")).status).toBe(200);
  });
});

test.describe("on the account page", () => {
  test("somebody makes a token, sees it once, and revokes it", async ({ page, ctx, unique, signInAs }) => {
    const loginId = `${unique("owner")}@example.com`;
    await addPerson(ctx, loginId);
    await signInAs(loginId);
    await page.goto("/account");
    await expect(page.getByText("You have no access token.")).toBeVisible();
    await page.getByRole("link", { name: "New access token" }).click();
    await page.getByRole("button", { name: "Make token" }).click();
    await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
    await expect(page.getByRole("main").getByRole("alert")).toHaveText("This field is required.");
    await page.getByLabel("Name", { exact: true }).fill("Nightly backup");
    await page.getByLabel("Valid for").selectOption({ label: "30 days" });
    await page.getByRole("button", { name: "Make token" }).click();
    const token = await page.getByLabel(/Access token/).inputValue();
    expect(Math.round(((decodeJwt(token).exp ?? 0) - (decodeJwt(token).iat ?? 0)) / 86_400)).toBe(30);
    const program = programOf(token);
    expect((await program("GET", "/api/me")).json).toMatchObject({ user: { loginId } });

    await page.getByRole("link", { name: "Back to your account" }).click();
    const item = page.getByRole("listitem").filter({ hasText: "Nightly backup" });
    await expect(item).toContainText("Last used");
    await expect(item).not.toContainText("Never");
    expect(await page.content()).not.toContain(token);
    await item.getByRole("button", { name: /Revoke Nightly backup/ }).click();
    await expect(page.getByRole("status")).toHaveText("The access token was revoked.");
    await expect(item).toHaveCount(0);
    expect((await program("GET", "/api/me")).status).toBe(401);
  });

  test("a session that is not fresh is asked once more, and the name that was typed comes along", async ({
    page,
    ctx,
    unique,
    signInAs,
  }) => {
    const loginId = `${unique("stale")}@example.com`;
    const id = await addPerson(ctx, loginId);
    await signInAs(loginId);
    await page.goto("/account/tokens");
    await page.getByLabel("Name", { exact: true }).fill("Report & Co");
    await ctx.db.update(sessions).set({ createdAt: sql`now() - interval '1 hour'` }).where(eq(sessions.userId, id));
    await page.getByRole("button", { name: "Make token" }).click();
    await expect(page).toHaveURL(/\/account\/sign-in-again/);
    expect(await ctx.db.$count(accessTokens, eq(accessTokens.userId, id))).toBe(0);
    expect(new URL(page.url()).searchParams.get("next")).toBe("/account/tokens?name=Report%20%26%20Co");
  });

  test("nobody revokes the token of somebody else", async ({ ctx, unique, page, signInAs }) => {
    const id = await addPerson(ctx, `${unique("victim")}@example.com`);
    const accessToken = await tokenOf(ctx, id);
    const foreign = String(decodeJwt(accessToken).jti);
    const loginId = `${unique("thief")}@example.com`;
    const own = await addPerson(ctx, loginId);
    await createAccessToken(ctx, { id: own }, { name: "mine" });
    await signInAs(loginId);
    await page.goto("/account");
    await page.locator("input[name=tokenId]").evaluate((input, value) => {
      (input as HTMLInputElement).value = value;
    }, foreign);
    await page.getByRole("button", { name: /Revoke mine/ }).click();
    await expect(page.getByText("mine", { exact: true })).toBeVisible();
    expect((await programOf(accessToken)("GET", "/api/me")).status).toBe(200);
  });
});

test("people are known to the trail, whatever they come with", async ({ ctx, unique }) => {
  const loginId = `${unique("traced")}@example.com`;
  const id = await addPerson(ctx, loginId, { permissionIds: [await managePermissionId(ctx)] });
  const program = programOf(await tokenOf(ctx, id));
  const { json } = await program("POST", "/api/groups", { body: { name: unique("traced") } });
  const root = clientOf(
    serverUrl(),
    await cookieOf(ctx, await addPerson(ctx, `${unique("r")}@example.com`, { isSuperuser: true })),
  );
  const trail = await root("GET", `/api/audit?actorLabel=${encodeURIComponent(loginId)}&action=create`);
  expect(trail.json).toMatchObject({ items: [{ actorLabel: loginId, entityId: json.id }] });
});
