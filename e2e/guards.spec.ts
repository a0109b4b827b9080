import { request as httpRequest } from "node:http";
import type { APIRequestContext, APIResponse, Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { groups } from "@/lib/db/schema/access";
import { env, expect, test } from "./fixtures";
import { addPerson, managePermissionId, people } from "./support/people";

const GUARDED = ["/admin/users", "/admin/users/add", "/admin/groups", "/admin/bundles/add", "/admin/permissions"];

/** A guarded path in every form in which the client router asks for it. */
const FORMS: [name: string, headers: Record<string, string>][] = [
  ["document", {}],
  ["RSC", { rsc: "1" }],
  ["prefetch", { rsc: "1", "next-router-prefetch": "1" }],
  ["segment prefetch", { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" }],
  ["spoofed subrequest", { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" }],
];

const get = (request: APIRequestContext, url: string, headers: Record<string, string>): Promise<APIResponse> =>
  request.get(url, { headers, maxRedirects: 0 });

/** What only somebody with the permission may read. */
const SECRETS = [/person-0\d\d@example/, /User administration/, /name="?isEnabled/, /manage users, groups/i];

async function expectNoSecrets(response: APIResponse) {
  const body = await response.text();
  for (const secret of SECRETS) expect(body).not.toMatch(secret);
}

for (const path of GUARDED) {
  for (const [form, headers] of FORMS) {
    test(`${path} as ${form}: 303 for nobody, 403 without the permission`, async ({ request, context, signInAs }) => {
      const anonymous = await get(request, path, headers);
      expect(anonymous.status()).toBe(303);
      expect(anonymous.headers().location).toBe(`/login?next=${encodeURIComponent(path)}`);
      await expectNoSecrets(anonymous);

      await signInAs(people.plain);
      const forbidden = await get(context.request, path, headers);
      expect(forbidden.status()).toBe(403);
      await expectNoSecrets(forbidden);
    });

    test(`${path} as ${form}: opens nothing without the middleware`, async ({ request, context, signInAs }) => {
      const url = env("E2E_WITHOUT_MIDDLEWARE_URL") + path;
      const anonymous = await get(request, url, headers);
      await expectNoSecrets(anonymous);
      if (form === "document") expect(anonymous.headers().location).toBe("/login");
      await signInAs(people.plain);
      const forbidden = await get(context.request, url, headers);
      await expectNoSecrets(forbidden);
      if (form === "document") expect(forbidden.status()).toBe(403);
    });
  }
}

test("the 403 page has the app's look, and the menu shows only what is open", async ({ page, signInAs }) => {
  await signInAs(people.plain);
  const response = await page.goto("/admin/users");
  expect(response?.status()).toBe(403);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You may not open this page");
  await page.getByRole("link", { name: "Go to the start page" }).click();
  await expect(page.getByRole("navigation", { name: "Main menu" }).getByRole("link")).toHaveText(["Home"]);
});

test("an API path answers 401 with a challenge, and never redirects", async ({ request }) => {
  for (const base of ["", env("E2E_WITHOUT_MIDDLEWARE_URL")]) {
    const response = await get(request, `${base}/api/me`, {});
    expect(response.status()).toBe(401);
    expect(response.headers()["www-authenticate"]).toContain("Bearer");
    expect(response.headers()["content-type"]).toContain("application/problem+json");
  }
  expect((await get(request, "/api/anything", {})).status()).toBe(401);
});

test("/api/me tells who I am and what I may do", async ({ context, signInAs }) => {
  await signInAs(people.manager);
  const me = await (await context.request.get("/api/me")).json();
  expect(me).toMatchObject({ user: { loginId: people.manager }, permissions: ["auth-manage"] });
});

test("an unknown address needs a login, and is a 404 after it", async ({ page, request, signInAs }) => {
  expect((await get(request, "/no/such/page", {})).status()).toBe(303);
  await signInAs(people.plain);
  const response = await page.goto("/no/such/page");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
});

/** Adds a group as root on the server at `base`, and returns a function that sends the same post again for others. */
async function recordAddGroup(page: Page, ctx: Context, base: string, unique: (stem: string) => string) {
  const name = unique("recorded");
  await page.goto(`${base}/admin/groups/add`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  const posted = page.waitForRequest((request) => request.method() === "POST");
  await page.getByRole("button", { name: "Add group" }).click();
  const sent = await posted;
  await expect(page).toHaveURL(`${base}/admin/groups`);
  let replays = 0;
  return async (as: APIRequestContext, path: string) => {
    // Under another name, or uniqueness alone would refuse it.
    const replayed = unique(`replayed-${replays++}`);
    const response = await as.post(base + path, {
      headers: {
        "next-action": (await sent.headerValue("next-action")) ?? "",
        "content-type": (await sent.headerValue("content-type")) ?? "",
        origin: base,
      },
      data: (sent.postDataBuffer() ?? "").toString().replace(name, replayed),
      maxRedirects: 0,
    });
    return { status: response.status(), made: await ctx.db.$count(groups, eq(groups.name, replayed)) };
  };
}

test("a recorded action refuses whoever replays it", async ({
  page,
  browser,
  ctx,
  signInAs,
  unique,
  baseURL,
  request,
}) => {
  const other = await browser.newContext();
  await signInAs(people.plain, other);
  await signInAs(people.root);

  const replay = await recordAddGroup(page, ctx, baseURL ?? "", unique);
  expect(await replay(other.request, "/admin/groups/add")).toEqual({ status: 403, made: 0 });
  expect(await replay(request, "/admin/groups/add")).toEqual({ status: 303, made: 0 });
  // On a page that is open to all, only the action itself can refuse.
  expect((await replay(other.request, "/")).made).toBe(0);
  expect((await replay(request, "/")).made).toBe(0);
  // For the one who may, it works: it is the permission that makes the difference.
  expect((await replay(page.request, "/admin/groups/add")).made).toBe(1);

  const replayThere = await recordAddGroup(page, ctx, env("E2E_WITHOUT_MIDDLEWARE_URL"), unique);
  expect(await replayThere(other.request, "/admin/groups/add")).toEqual({ status: 403, made: 0 });
  expect((await replayThere(request, "/admin/groups/add")).made).toBe(0);
  expect((await replayThere(page.request, "/admin/groups/add")).made).toBe(1);
  await other.close();
});

for (const origin of ["null", "https://evil.example", "http://localhost.evil.example", undefined]) {
  test(`a post with origin ${origin ?? "missing"} is refused`, async ({ context, signInAs }) => {
    await signInAs(people.plain);
    const headers = { "content-type": "application/x-www-form-urlencoded", ...(origin && { origin }) };
    const response = await context.request.post("/logout", { headers, data: "", maxRedirects: 0 });
    expect(response.status()).toBe(403);
    expect((await context.request.get("/api/me")).status()).toBe(200);
  });
}

test("a permission that is taken away is gone at the next click", async ({
  page,
  browser,
  ctx,
  signInAs,
  unique,
  baseURL,
}) => {
  const loginId = `${unique("fleeting")}@example.com`;
  const id = await addPerson(ctx, loginId, { permissionIds: [await managePermissionId(ctx)] });
  const other = await browser.newContext({ baseURL: baseURL ?? "", locale: "en-US" });
  await signInAs(loginId, other);
  const theirs = await other.newPage();
  await theirs.goto("/admin/users");
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("Users");

  await signInAs(people.root);
  await page.goto(`/admin/users/${id}/edit`);
  await page.getByRole("checkbox", { name: /auth-manage/ }).uncheck();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/admin/users");

  await theirs.getByRole("link", { name: "Groups", exact: true }).click();
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("You may not open this page");
  await theirs.getByRole("link", { name: "Go to the start page" }).click();
  await expect(theirs.getByRole("navigation", { name: "Main menu" }).getByRole("link")).toHaveText(["Home"]);
  await other.close();
});

test("security headers stand on every page, and scripts obey the policy", async ({ page }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  const response = await page.goto("/login");
  const headers = response?.headers() ?? {};
  expect(headers["content-security-policy"]).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
  expect(headers["content-security-policy"]).toContain("base-uri 'none'");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["cache-control"]).toContain("no-store");
  await expect(page.getByRole("button", { name: "Show password" })).toBeVisible();
  expect(violations).toEqual([]);
});

test("the icon says in which characters it is written", async ({ request }) => {
  expect((await get(request, "/icon.svg", {})).headers()["content-type"]).toBe("image/svg+xml; charset=utf-8");
});

test("TRACE repeats nothing to anybody", async ({ baseURL }) => {
  for (const path of ["/", "/login", "/api/me", "/api/health/live", "/icon.svg"]) {
    const headers = { "x-secret": "repeat-me", origin: baseURL ?? "" };
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const asked = httpRequest(new URL(path, baseURL), { method: "TRACE", headers }, (response) => {
        let body = "";
        response.on("data", (part) => {
          body += part;
        });
        response.on("end", () => resolve({ status: response.statusCode, body }));
      });
      asked.on("error", reject).end();
    });
    expect([path, answer.status]).toEqual([path, expect.any(Number)]);
    expect([path, (answer.status ?? 0) >= 300]).toEqual([path, true]);
    expect(answer.body).not.toContain("repeat-me");
  }
});
