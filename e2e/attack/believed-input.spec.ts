import { eq } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { type IdentityProvider, profileOn, startIdentityProvider } from "@/e2e/support/oidc/provider";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { freePort } from "@/e2e/support/process";
import { signInBy } from "@/e2e/support/sign-in";
import { groups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { ENCODED_TRICKS, REDIRECT_TRICKS } from "@/lib/testing/redirect-tricks";

/** Believed headers and URLs: where a request says it comes from, what it is for, and where it wants to be led. */

const EVIL = "evil.test";
const TRICKS = [...REDIRECT_TRICKS, ...ENCODED_TRICKS];

let site: Isolated;
let provider: IdentityProvider;
let client: Client;

// Hundreds of requests each, many of them sign-ins.
test.describe.configure({ mode: "serial", timeout: 360_000 });

test.beforeAll(async () => {
  const port = await freePort();
  site = await startIsolated("believed", {
    ATTEMPT_LIMIT_ENABLED: "false",
    SMTP_URL: "smtp://127.0.0.1:1",
    OIDC_PROFILES: JSON.stringify([profileOn(port, "corp")]),
  });
  provider = await startIdentityProvider({ port, name: "corp", redirectUris: [`${site.url}/api/auth/callback/corp`] });
  client = clientOf(site.url);
});

test.afterAll(async () => {
  await provider?.stop();
  await site?.end();
});

/** Where a browser that was on `page` goes by this answer; its own site if it stays. */
const originAfter = ({ headers }: Answer, page: string) => {
  const location = headers.get("location");
  return location === null ? site.url : new URL(location, site.url + page).origin;
};

/** Another site in any header by which a browser is led, or in the attributes of the page that lead somewhere. */
const leads = ({ headers, text }: Answer) =>
  [headers.get("location"), headers.get("refresh"), headers.get("link"), ...headers.getSetCookie()].some((value) =>
    value?.includes(`//${EVIL}`),
  ) || new RegExp(`(href|action|src|content|url)="?[^"]{0,20}(//|\\\\\\\\)${EVIL}`, "i").test(text);

test("no address to come back to leads elsewhere from the login form", async () => {
  await addPerson(site.ctx(), "led@example.com");
  const action = actionOn((await client("GET", "/login")).text);
  for (const next of TRICKS) {
    const page = await client("GET", `/login?next=${encodeURIComponent(next)}`);
    const body = formData(action, [
      ["loginId", "led@example.com"],
      ["password", PASSWORD],
      ["next", next],
    ]);
    const answer = await client("POST", "/login", { body });
    // Too long for an address, before it gets to the page.
    expect([next.slice(0, 40), page.status < 500, leads(page)]).toEqual([next.slice(0, 40), true, false]);
    expect([next.slice(0, 40), answer.status, originAfter(answer, "/login")]).toEqual([
      next.slice(0, 40),
      303,
      site.url,
    ]);
  }
});

test("nor from Auth.js' own endpoints, by field, query or cookie", { tag: "@long" }, async () => {
  const signIn = await signInBy(site.url);
  const csrf = await client("GET", "/api/auth/csrf");
  const own = csrf.headers
    .getSetCookie()
    .map((each) => each.replace(/;.*/, ""))
    .join("; ");
  const paths = TRICKS.filter((each) => each.length < 1000);
  const urls = [`${site.url}@${EVIL}`, `${site.url}.${EVIL}`, `${site.url}//${EVIL}`, `${site.url}/\\${EVIL}`];
  for (const callbackUrl of [...paths, ...urls]) {
    const written = encodeURIComponent(callbackUrl);
    const fields = { csrfToken: String(csrf.json.csrfToken), loginId: "led@example.com", password: PASSWORD };
    const answers = [
      await client("POST", "/api/auth/callback/password", {
        body: String(new URLSearchParams({ ...fields, callbackUrl })),
        headers: { cookie: own, "content-type": "application/x-www-form-urlencoded" },
      }),
      await client("GET", `/api/auth/signin?callbackUrl=${written}`),
      await client("GET", `/api/auth/signout?callbackUrl=${written}`, {
        headers: { cookie: `authjs.callback-url=${written}` },
      }),
    ];
    for (const answer of answers) {
      const [origin, isFault] = [originAfter(answer, "/api/auth/signin"), answer.status >= 500];
      expect([callbackUrl, origin, isFault]).toEqual([callbackUrl, site.url, false]);
    }
  }
  expect((await signIn("led@example.com", PASSWORD)).headers.get("location")).toContain(site.url);
});

const OTHER_WAYS = "nor on the way out, from asking again, from an edited record, or on the way to a provider";
test(OTHER_WAYS, { tag: "@long" }, async () => {
  const root = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  const group = await createGroup(site.ctx(), { name: "Led", bundleIds: [], permissionIds: [] });
  const cookie = await cookieOf(site.ctx(), root);
  const asRoot = clientOf(site.url, cookie);
  const edit = actionOn((await asRoot("GET", `/admin/groups/${group}/edit`)).text);
  const again = actionOn((await asRoot("GET", "/account/sign-in-again?next=/account")).text);
  for (const next of TRICKS.filter((each) => each.length < 1000)) {
    const written = encodeURIComponent(next);
    const leaving = clientOf(site.url, await cookieOf(site.ctx(), root));
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const fields = `next=${written}&callbackUrl=${written}&redirectTo=${written}`;
    const start = await client("POST", "/login/corp", { body: `next=${written}`, headers: form });
    const answers: [string, Answer][] = [
      ["/logout", await leaving("POST", `/logout?${fields}`, { body: fields, headers: form })],
      [
        "/account/sign-in-again",
        await asRoot("POST", `/account/sign-in-again?next=${written}`, {
          body: formData(again, [
            ["password", PASSWORD],
            ["next", next],
          ]),
        }),
      ],
      [
        "/admin/groups",
        await asRoot("POST", `/admin/groups/${group}/edit?from=${written}`, {
          body: formData(edit, [
            ["id", group],
            ["version", "1"],
            ["name", "Led"],
            ["from", next],
          ]),
        }),
      ],
    ];
    for (const [page, answer] of answers) {
      expect([next, page, originAfter(answer, page), answer.status < 500]).toEqual([next, page, site.url, true]);
    }
    expect(new URL(start.headers.get("location") ?? "").origin).toBe(provider.issuer);
    const kept = start.headers.getSetCookie().find((line) => line.startsWith("authjs.callback-url=")) ?? "";
    const { origin } = new URL(decodeURIComponent(/=([^;]*)/.exec(kept)?.[1] ?? ""));
    expect([next, origin]).toEqual([next, site.url]);
  }
});

/** Headers by which a request claims another host, scheme, path or client. */
const claims: Record<string, Record<string, string>> = {
  host: { host: EVIL },
  "host with a port": { host: `${EVIL}:443` },
  "forwarded host": { "x-forwarded-host": EVIL },
  "two forwarded hosts": { "x-forwarded-host": `localhost, ${EVIL}` },
  "host and forwarded host": { host: EVIL, "x-forwarded-host": EVIL, "x-forwarded-proto": "https" },
  "forwarded scheme and port": {
    "x-forwarded-proto": "https",
    "x-forwarded-port": "444",
    "x-forwarded-scheme": "https",
  },
  "forwarded server": { "x-forwarded-server": EVIL, "x-host": EVIL, "x-original-host": EVIL },
  forwarded: { forwarded: `host=${EVIL};proto=https;for=${EVIL}` },
  "another URL": { "x-original-url": `//${EVIL}/`, "x-rewrite-url": `//${EVIL}/`, "x-forwarded-prefix": `//${EVIL}` },
  referer: { referer: `https://${EVIL}/login` },
  "in front of the host": { host: `${EVIL}#@localhost` },
};

test("no header by which a request names another site comes back in a page, a redirect or a cookie", async () => {
  const cookie = await cookieOf(site.ctx(), await addPerson(site.ctx(), "host@example.com", { isSuperuser: true }));
  for (const [what, headers] of Object.entries(claims)) {
    for (const path of [
      "/",
      "/login",
      "/forgot-password",
      "/admin/users",
      "/nowhere",
      "/api/me",
      "/api/auth/providers",
      "/account",
    ]) {
      for (const each of [client, clientOf(site.url, cookie)]) {
        const answer = await each("GET", path, { headers });
        const all = JSON.stringify([...answer.headers]) + answer.text;
        expect([what, path, all.includes(EVIL), answer.status < 500]).toEqual([what, path, false, true]);
        // What is for https only must not be switched on by a header.
        expect(answer.headers.get("strict-transport-security")).toBeNull();
        expect(answer.headers.getSetCookie().filter((line) => /; *secure|__Host-|__Secure-/i.test(line))).toEqual([]);
      }
    }
  }
});

const foreignOrigins = (own: string): string[] => {
  const { port } = new URL(own);
  return [
    ...["null", "", "https://evil.test", `${own}.evil.test`, `${own}@evil.test`, `http://localhost.evil.test:${port}`],
    ...[
      `https://localhost:${port}`,
      "http://localhost",
      `${own}/`,
      `http://LOCALHOST:${port}`,
      `http://127.0.0.1:${port}`,
    ],
    ...[`http://localhost:${port}0`, `http://evil.test, ${own}`, "file://", "about:blank"],
  ];
};

test("what changes something is refused for every foreign origin, on every way that takes a form", async () => {
  const id = await addPerson(site.ctx(), "forged@example.com");
  const cookie = await cookieOf(site.ctx(), id);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const targets: [string, string][] = [
    ["/logout", ""],
    ["/logout/submit", ""],
    ["/login/corp", "connect=1"],
    ["/login/corp/start", "connect=1"],
    ["/api/token", ""],
    ["/api/auth/signout", "csrfToken=x"],
    ["/api/auth/signin/corp", "csrfToken=x"],
    ["/api/auth/callback/password", "loginId=forged@example.com"],
    ["/login", ""],
    ["/account", ""],
  ];
  for (const [path, body] of targets) {
    for (const origin of foreignOrigins(site.url)) {
      const { status, headers } = await clientOf(site.url, cookie)("POST", path, {
        body,
        headers: { ...form, origin },
      });
      expect([path, origin, status, headers.getSetCookie()]).toEqual([path, origin, 403, []]);
    }
    for (const fetchSite of ["cross-site", "same-site", "nonsense"]) {
      const headers = { ...form, "sec-fetch-site": fetchSite };
      expect([path, fetchSite, (await clientOf(site.url, cookie)("POST", path, { body, headers })).status]).toEqual([
        path,
        fetchSite,
        403,
      ]);
    }
    const bare = await clientOf(site.url, cookie)("POST", path, { body, headers: { ...form, origin: null } });
    expect([path, bare.status]).toEqual([path, 403]);
  }
  expect((await clientOf(site.url, cookie)("GET", "/api/me")).status).toBe(200);
});

test("no header, field or query makes another method of a request", async () => {
  const root = await cookieOf(site.ctx(), await addPerson(site.ctx(), "methods@example.com", { isSuperuser: true }));
  const group = await createGroup(site.ctx(), { name: "Overridden", bundleIds: [], permissionIds: [] });
  const victim = await addPerson(site.ctx(), "overridden@example.com");
  const override = {
    "x-http-method-override": "DELETE",
    "x-http-method": "DELETE",
    "x-method-override": "DELETE",
    "x-gatehouse-method": "DELETE",
  };
  for (const path of [`/api/groups/${group}`, `/api/users/${victim}`, `/admin/users/${victim}/delete`, "/logout"]) {
    for (const query of ["", "?_method=DELETE&method=POST&X-HTTP-Method-Override=DELETE"]) {
      // A read from another site, as an image or a link makes it.
      const read = await clientOf(site.url, root)("GET", path + query, {
        headers: { ...override, origin: `https://${EVIL}`, "sec-fetch-site": "cross-site" },
      });
      expect([path, read.status]).toEqual([path, 200]);
      const post = await clientOf(site.url, root)("POST", path + query, {
        body: "_method=DELETE",
        headers: { ...override, origin: `https://${EVIL}`, "content-type": "application/x-www-form-urlencoded" },
      });
      expect([path, [403, 405].includes(post.status)]).toEqual([path, true]);
    }
  }
  expect(await site.ctx().db.$count(groups, eq(groups.id, group))).toBe(1);
  expect(await site.ctx().db.$count(users, eq(users.id, victim))).toBe(1);
  expect((await clientOf(site.url, root)("GET", "/api/me")).status).toBe(200);
});

test("a body that a foreign page can send without asking is no JSON for the API", async () => {
  const ctx = site.ctx();
  const root = await cookieOf(ctx, await addPerson(ctx, "types@example.com", { isSuperuser: true }));
  const name = "typed";
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
    for (const origin of ["null", `https://${EVIL}`]) {
      const { status } = await clientOf(site.url, root)("POST", "/api/groups", {
        body: JSON.stringify({ name }),
        headers: { origin, "content-type": type },
      });
      expect([type, origin, status]).toEqual([type, origin, 403]);
    }
  }
  expect(await ctx.db.$count(groups, eq(groups.name, name))).toBe(0);
});
