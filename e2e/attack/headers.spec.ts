import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { type Answer, clientOf, cookieOf } from "@/e2e/support/api";
import { startIsolated } from "@/e2e/support/isolated";
import { addPerson, people } from "@/e2e/support/people";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";

/** What browsers are told, on every kind of answer, and whether they do it. */

const COMMON: Record<string, string | RegExp> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

const POLICY =
  /^default-src 'self'; script-src 'self' 'nonce-([A-Za-z0-9+/]{22}==)' 'strict-dynamic'; style-src 'self' 'nonce-\1'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/;

type Kind = { path: string; as?: "root" | "plain"; status: number; headers?: Record<string, string> };

/** One of each kind of answer. */
const kinds: Record<string, Kind> = {
  "a public page": { path: "/login", status: 200 },
  "a page of somebody signed in": { path: "/account", as: "plain", status: 200 },
  "a page of the administration": { path: "/admin/users", as: "root", status: 200 },
  "a form": { path: "/admin/users/add", as: "root", status: 200 },
  "a redirect to the login page": { path: "/admin/users", status: 303 },
  "a page that is forbidden": { path: "/admin/users", as: "plain", status: 403 },
  "flight data that is forbidden": { path: "/admin/users", as: "plain", status: 403, headers: { rsc: "1" } },
  "a page that is not there": { path: "/nowhere", as: "plain", status: 404 },
  "a record that is not there": { path: "/admin/users/x/edit", as: "root", status: 404 },
  "a link that is no good": { path: "/reset-password/x/y", status: 303 },
  "an export": { path: "/admin/users/export?format=csv", as: "root", status: 200 },
  "the API": { path: "/api/users", as: "root", status: 200 },
  "the API, to nobody": { path: "/api/users", status: 401 },
  "the API, what is not there": { path: "/api/nothing", as: "root", status: 404 },
  "Auth.js": { path: "/api/auth/session", status: 200 },
  "whether it is well": { path: "/api/health/live", status: 200 },
  "an icon": { path: "/icon.svg", status: 200 },
};

const idOf = async ({ db }: Context, loginId: string): Promise<string> => {
  const [row] = await db.select({ id: users.id }).from(users).where(eq(users.loginId, loginId));
  return row?.id ?? "";
};

/** The headers of an answer that are not as they should be. */
const wrongIn = (answer: Answer, expected: Record<string, string | RegExp>): string[] =>
  Object.entries(expected).flatMap(([name, value]) => {
    const sent = answer.headers.get(name) ?? "";
    const isRight = typeof value === "string" ? sent === value : value.test(sent);
    return isRight ? [] : [`${name}: ${sent}`];
  });

for (const [what, { path, as, status, headers = {} }] of Object.entries(kinds)) {
  test(`${what} has all the headers`, async ({ ctx }) => {
    const cookie = as && (await cookieOf(ctx, await idOf(ctx, people[as])));
    const client = clientOf(env("E2E_BASE_URL"), cookie);
    const [answer, again] = [await client("GET", path, { headers }), await client("GET", path, { headers })];
    expect(answer.status).toBe(status);
    expect(wrongIn(answer, { ...COMMON, "content-security-policy": POLICY })).toEqual([]);
    expect(answer.headers.get("x-powered-by")).toBeNull();
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    // Whatever is somebody's own, or says so, is kept by nobody.
    if (as || status >= 300) expect(answer.headers.get("cache-control")).toContain("no-store");
    const nonces = [answer, again].map((each) => POLICY.exec(each.headers.get("content-security-policy") ?? "")?.[1]);
    expect(nonces[0]).not.toBe(nonces[1]);
    // Every script of a page has the nonce of its own answer.
    const scripts = answer.text.match(/<script\b[^>]*>/g) ?? [];
    if (answer.headers.get("content-type")?.startsWith("text/html")) {
      expect(scripts.filter((tag) => !tag.includes(`nonce="${nonces[0]}"`))).toEqual([]);
    }
  });
}

test("build output has its headers too", async () => {
  const client = clientOf(env("E2E_BASE_URL"));
  const [, script = ""] = /src="(\/_next\/static\/[^"]+\.js)/.exec((await client("GET", "/login")).text) ?? [];
  const answer = await client("GET", script);
  expect(answer.status).toBe(200);
  const { "x-content-type-options": nosniff = "", "cross-origin-resource-policy": resource = "" } = COMMON;
  const expected = { "x-content-type-options": nosniff, "cross-origin-resource-policy": resource };
  expect(wrongIn(answer, { ...expected, "content-type": /javascript/, "cache-control": /immutable/ })).toEqual([]);
});

test("nothing fetches addresses of this server for others: there is no image optimiser", async () => {
  for (const url of ["/admin/users", "/icon.svg", "http://127.0.0.1/", "//evil.test/x.png", "/api/health/ready"]) {
    for (const base of [env("E2E_BASE_URL"), env("E2E_WITHOUT_MIDDLEWARE_URL")]) {
      const { status } = await clientOf(base)("GET", `/_next/image?url=${encodeURIComponent(url)}&w=64&q=75`);
      expect([url, [303, 404].includes(status)]).toEqual([url, true]);
    }
  }
});

test("where people come by https, browsers are told to stay there, and cookies are bound to it", async () => {
  const site = await startIsolated("https", { SMTP_URL: "smtp://127.0.0.1:1" });
  try {
    const secure = await site.startAnother({ AUTH_URL: "https://gatehouse.example" });
    for (const path of ["/login", "/nowhere", "/api/me", "/api/health/live", "/icon.svg"]) {
      const { headers } = await clientOf(secure.url)("GET", path);
      expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
      expect(headers.getSetCookie().filter((line) => !/;\s*secure/i.test(line))).toEqual([]);
      expect((await clientOf(site.url)("GET", path)).headers.get("strict-transport-security")).toBeNull();
    }
  } finally {
    await site.end();
  }
});

/** What the browser says of the policy while `walk` goes on. */
async function violationsDuring(page: Page, walk: () => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) found.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await walk();
  return found;
}

test("a walk through the app violates the policy nowhere", { tag: "@long" }, async ({ page, signInAs }) => {
  const found = await violationsDuring(page, async () => {
    for (const path of ["/login", "/forgot-password", "/nowhere"]) await page.goto(path);
    await signInAs(people.root);
    const all = ["/", "/account", "/account/tokens", "/admin/users", "/admin/users/add", "/admin/groups/add"];
    for (const path of [
      ...all,
      "/admin/bundles",
      "/admin/permissions",
      "/admin/attempts",
      "/admin/audit",
      "/nowhere",
    ]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
    await page.goto("/admin/users");
    await page.getByRole("link", { name: "Groups", exact: true }).click();
    await expect(page).toHaveURL("/admin/groups");
    await signInAs(people.plain);
    await page.goto("/admin/users");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("You may not open this page");
  });
  expect(found).toEqual([]);
});

/** What stands for a text that somebody has managed to put into a page as markup. */
const injections: Record<string, string> = {
  "a script": "<script>window.taken = true</script>",
  "a script with another nonce": '<script nonce="AAAAAAAAAAAAAAAAAAAAAA==">window.taken = true</script>',
  "a handler": '<img src="x" onerror="window.taken = true">',
  "a frame": '<iframe srcdoc="<script>parent.taken = true</script>"></iframe>',
  "a script of elsewhere": '<script src="http://localhost:1/x.js"></script>',
  "a script from data": '<script src="data:text/javascript,window.taken=true"></script>',
  "a base": '<base href="http://evil.test/">',
  "an object": '<object data="data:text/html,<script>parent.taken=true</script>"></object>',
};

test("the browser runs no script that is put into a page", async ({ page }) => {
  for (const [what, markup] of Object.entries(injections)) {
    // On its way to the browser, where the parser meets it as part of the page.
    await page.route("**/login", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace("</body>", `${markup}</body>`) });
    });
    await page.goto("/login");
    await expect(page.getByRole("button", { name: "Show password" })).toBeVisible();
    expect([what, await page.evaluate(() => "taken" in window)]).toEqual([what, false]);
    expect([what, await page.evaluate(() => document.baseURI.includes("evil"))]).toEqual([what, false]);
    await page.unroute("**/login");
  }
  // The same by its own nonce runs: it is the policy that refuses the others.
  await page.route("**/login", async (route) => {
    const response = await route.fetch();
    const [, nonce] = POLICY.exec(response.headers()["content-security-policy"] ?? "") ?? [];
    const markup = `<script nonce="${nonce}">window.taken = true</script>`;
    await route.fulfill({ response, body: (await response.text()).replace("</body>", `${markup}</body>`) });
  });
  await page.goto("/login");
  await expect.poll(() => page.evaluate(() => "taken" in window)).toBe(true);
});

test("markup in names is shown as it was typed, in lists, forms, histories and messages", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const name = `"><img src=x onerror="window.taken=true"><script>window.taken=true</script>${unique("x")}`;
  const id = await createGroup(ctx, { name, bundleIds: [], permissionIds: [] });
  await addPerson(ctx, `${unique("markup")}@example.com`, { groupIds: [id] });
  await signInAs(people.root);
  const query = encodeURIComponent(name);
  for (const path of [
    `/admin/groups?q=${query}`,
    `/admin/groups/${id}/edit`,
    `/admin/groups/${id}/history`,
    `/admin/groups/${id}/delete`,
    `/admin/audit?q=${query}`,
    `/admin/users?groupIds=${id}`,
    `/login?error=${query}&code=${query}`,
    `/admin/groups?sort=${query}&page=${query}`,
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect([
      path,
      await page.evaluate(() => "taken" in window || document.querySelector("img[src=x]") !== null),
    ]).toEqual([path, false]);
  }
});

test("no page lets itself be framed", async ({ page, ctx, signInAs, baseURL }) => {
  await signInAs(people.root);
  const paths = ["/login", "/account", "/admin/users", "/logout", "/nowhere", "/api/me"];
  const frames = paths.map((path) => `<iframe src="${baseURL}${path}"></iframe>`).join("");
  const server = http.createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><h1>elsewhere</h1>${frames}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: "load" });
  const shown = await Promise.all(
    page
      .frames()
      .slice(1)
      .map(
        async (frame) =>
          `${frame.url()} ${(await frame.content()).length > 200 && (await frame.locator("h1").count())}`,
      ),
  );
  expect(shown).toHaveLength(paths.length);
  for (const each of shown) expect(each).toMatch(/^chrome-error:/);
  expect(await ctx.db.$count(users, eq(users.loginId, people.root))).toBe(1);
  server.closeAllConnections();
  server.close();
});
