import { accounts, sessions } from "@/lib/db/schema/auth";
import { expect, test } from "./fixtures";
import { clientOf, cookieOf } from "./support/api";
import { alertIn } from "./support/forms";
import { isIn, loginOf, type ProviderSite, startWithProviders } from "./support/oidc/site";
import { logInThere, type Reply, signInBy, type Visitor, visitor } from "./support/oidc/visitor";
import { addPerson } from "./support/people";
import type { Server } from "./support/server";

/** Where providers are, where they lead back to, and what the browser keeps meanwhile. */

const HTTPS = "https://gate.example.com";
const LOGIN = "ann@example.com";

let site: ProviderSite<"plain" | "slash" | "slashed" | "realm">;
/** The same behind a proxy that speaks https. */
let secure: Server;
let id: string;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const profiles = {
    plain: { logoutAtProvider: true },
    slash: { path: "/" },
    slashed: { path: "/", written: "" },
    realm: { path: "/realms/main" },
  };
  site = await startWithProviders("addresses", profiles, {}, [HTTPS]);
  secure = await site.startAnother({ AUTH_URL: HTTPS });
  id = await addPerson(site.ctx(), LOGIN);
});

test.afterAll(() => site?.end());

for (const [name, what] of [
  ["slash", "ends with a slash"],
  ["slashed", "ends with a slash that the profile leaves out"],
  ["realm", "has a path"],
] as const) {
  test(`an issuer that ${what} lets people in`, async () => {
    const who = visitor();
    const reply = await signInBy(who, site.url, name, LOGIN, "/account");
    expect([alertIn(reply), new URL(reply.url).pathname]).toEqual(["", "/account"]);
    expect(await loginOf(who, site.url)).toBe(LOGIN);
    const identities = await site.ctx().db.select({ issuer: accounts.issuer, by: accounts.provider }).from(accounts);
    expect(identities).toContainEqual({ issuer: site.providers[name].issuer, by: name });
  });
}

test.describe("behind https", () => {
  /** As the proxy passes it on. */
  const send = (who: Visitor, path: string, form?: Record<string, string>): Promise<Reply> =>
    who.send(secure.url + path, { headers: { origin: HTTPS, "x-forwarded-proto": "https" }, ...(form && { form }) });

  /** What comes back to the public address arrives at the server behind it. */
  const arrive = (who: Visitor, { location }: Reply): Promise<Reply> => {
    expect(location?.startsWith(`${HTTPS}/`)).toBe(true);
    return send(who, (location ?? "").slice(HTTPS.length));
  };

  const attributesOf = (line: string) =>
    line
      .split("; ")
      .slice(1)
      .map((each) => each.replace(/^(Max-Age|Expires)=.*/i, "$1").toLowerCase());

  /** Attributes of each cookie that is set; those that are dropped are left out. */
  const given = ({ setCookie }: Reply): Record<string, string[]> =>
    Object.fromEntries(
      setCookie
        .filter((line) => !/max-age=0/i.test(line))
        .map((line) => [line.slice(0, line.indexOf("=")), attributesOf(line)]),
    );

  /** Each of the cookies is for https only; those of these names are there, and no script reads them. */
  const expectSecure = (cookies: Record<string, string[]>, names: string[]) => {
    for (const [name, attributes] of Object.entries(cookies)) {
      expect(name).toMatch(/^__(Host|Secure)-/);
      expect([name, attributes]).toEqual([name, expect.arrayContaining(["secure", "path=/", "samesite=lax"])]);
    }
    for (const name of names) expect([name, cookies[name]]).toEqual([name, expect.arrayContaining(["httponly"])]);
  };

  test("every cookie of the journey is bound to it, and the session to the host", async () => {
    const who = visitor();
    const start = await send(who, "/login/plain", { next: "/account" });
    const visit = ["state", "nonce", "pkce.code_verifier", "callback-url"].map((name) => `__Secure-authjs.${name}`);
    expectSecure(given(start), visit);
    expect(new URL(start.location ?? "").searchParams.get("redirect_uri")).toBe(`${HTTPS}/api/auth/callback/plain`);
    const end = await arrive(who, await logInThere(who, await who.follow(start), LOGIN));
    expectSecure(given(end), ["__Host-gatehouse-session", "__Host-gatehouse-way"]);
    expect(given(end)["__Host-gatehouse-session"]?.filter((each) => each.startsWith("domain"))).toEqual([]);
    expect(end.location).toBe(`${HTTPS}/account`);
    // Emptied, so that nothing of the visit is good for another one.
    for (const name of visit.slice(0, 3))
      expect([name, who.cookies.get("localhost")?.get(name) || ""]).toEqual([name, ""]);
    expect((await send(who, "/api/me")).status).toBe(200);

    const out = await send(who, "/logout", {});
    const page = out.text.replaceAll("&#38;", "&");
    const [address = ""] = new RegExp(`${site.providers.plain.issuer}/session/end[^"]*`).exec(page) ?? [];
    expect(new URL(address).searchParams.get("post_logout_redirect_uri")).toBe(`${HTTPS}/login`);
    expect((await send(who, "/api/me")).status).toBe(401);
  });

  test("every answer asks for https from now on, and is neither sniffed nor framed", async () => {
    const page = await (await fetch(`${secure.url}/login`)).text();
    const files = [...new Set(page.match(/\/_next\/static\/[^"\\]+\.(?:js|css)/g))];
    expect(files.length).toBeGreaterThan(2);
    const others = ["/login", "/", "/nowhere", "/api/me", "/api/health/live", "/icon.svg", "/_next/static/nowhere.js"];
    for (const path of [...others, "/_next/image?url=%2Ficon.svg&w=64&q=75", ...files]) {
      const { headers } = await fetch(secure.url + path, { redirect: "manual" });
      expect([path, headers.get("strict-transport-security")]).toEqual([path, "max-age=31536000; includeSubDomains"]);
      expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
      const policy = headers.get("content-security-policy");
      expect([path, policy?.match(/frame-ancestors 'none'/g)]).toEqual([path, ["frame-ancestors 'none'"]]);
      if (files.includes(path)) expect(policy).toContain("default-src 'none'");
    }
  });

  test("a message is dropped once it was shown, as its prefix demands", async () => {
    const who = visitor();
    await send(who, "/account");
    expect(who.cookies.get("localhost")?.has("__Host-gatehouse-flash")).toBe(true);
    const headers = { "sec-fetch-dest": "document" };
    const shown = await who.send(`${secure.url}/login`, { headers });
    expect(shown.text).toContain("Please log in");
    expect(shown.setCookie).toEqual(["__Host-gatehouse-flash=; Path=/; Max-Age=0; SameSite=Lax; Secure"]);
  });

  test("whoever thinks better of it is led back, and nothing of the visit is kept", async () => {
    const who = visitor();
    const form = await who.follow(await send(who, "/login/plain", { next: "/account" }));
    const abort = /href="([^"]+\/abort)"/.exec(form.text)?.[1] ?? "";
    const back = await who.follow(await who.send(new URL(abort, form.url).href), (to) => to.startsWith(HTTPS));
    const end = await arrive(who, back);
    expect(new URL(end.location ?? "", HTTPS).href).toMatch(/\/login\?error=cancelled&with=plain&next=%2Faccount$/);
    const left = [...(who.cookies.get("localhost")?.keys() ?? [])];
    expect(left.filter((name) => /state|nonce|pkce/.test(name))).toEqual([]);
  });

  test("what was asked for is bound to the host too", async () => {
    const who = visitor();
    const cookie = await cookieOf(site.ctx(), id);
    who.cookies.set("localhost", new Map([["__Host-gatehouse-session", cookie.slice(cookie.indexOf("=") + 1)]]));
    const start = await send(who, "/login/plain", { connect: "true" });
    expectSecure(given(start), ["__Host-gatehouse-connect"]);
    await arrive(who, await logInThere(who, await who.follow(start), "another-name"));
    const identities = await site
      .ctx()
      .db.select({ subject: accounts.subject, userId: accounts.userId })
      .from(accounts);
    expect(identities).toContainEqual({ subject: "another-name", userId: id });
  });

  test("a cookie by the name that it has without https is nothing", async () => {
    const who = visitor();
    const start = await send(who, "/login/plain", { next: "/account" });
    const back = await logInThere(who, await who.follow(start), LOGIN);
    const jar = who.cookies.get("localhost") ?? new Map<string, string>();
    for (const [name, value] of [...jar]) {
      jar.delete(name);
      jar.set(name.replace(/^__(Secure|Host)-/, ""), value);
    }
    const end = await arrive(who, back);
    expect(new URL(end.location ?? "", HTTPS).searchParams.get("error")).toBe("failed");
    expect(jar.has("__Host-gatehouse-session")).toBe(false);
  });
});

test.describe("an address to come back to", () => {
  const query = "?code=anything&state=anything&iss=anything";

  for (const path of [
    "/api/auth/callback/nobody",
    "/api/auth/callback/plain",
    "/api/auth/callback/plain/",
    "/api/auth/callback/plain/more",
    "/api/auth/callback/PLAIN",
    "/api/auth/callback/pl%61in",
    "/api/auth/callback/..%2Fplain",
    "/api/auth/callback/plain%00",
    "/api/auth/callback/",
    "/api/auth/callback",
    "/api/auth/signin/plain",
  ]) {
    test(`that nobody is expected at starts nothing: ${path}`, async () => {
      const before = await site.ctx().db.$count(sessions);
      for (const each of [path, path + query]) {
        const who = visitor();
        const reply = await who.follow(await who.send(site.url + each));
        expect(new URL(reply.url).origin).toBe(site.url);
        expect([each, reply.status < 500]).toEqual([each, true]);
        expect(isIn(who)).toBe(false);
      }
      expect(await site.ctx().db.$count(sessions)).toBe(before);
    });
  }

  test("takes no forms from elsewhere, and those from here end in nobody's session", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    for (const origin of ["https://evil.example.com", site.providers.plain.issuer, "null"]) {
      const answer = await clientOf(site.url)("POST", "/api/auth/callback/plain", {
        body: query.slice(1),
        headers: { ...headers, origin },
      });
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    const own = await clientOf(site.url)("POST", "/api/auth/callback/plain", { body: query.slice(1), headers });
    expect(own.status).toBeLessThan(500);
    expect(own.headers.getSetCookie().filter((line) => line.startsWith("gatehouse-session="))).toEqual([]);
  });

  test("is the configured one, whatever the request says of its own", async () => {
    const disguises: Record<string, string>[] = [
      { host: "evil.example.com" },
      { "x-forwarded-host": "evil.example.com", "x-forwarded-proto": "https" },
      { host: "evil.example.com", "x-forwarded-host": "evil.example.com" },
      { forwarded: "host=evil.example.com;proto=https" },
    ];
    for (const headers of disguises) {
      const who = visitor();
      const start = await who.send(`${site.url}/login/plain`, {
        form: { next: "/account" },
        headers: { origin: site.url, ...headers },
      });
      const asked = new URL(start.location ?? "");
      expect([asked.origin, asked.searchParams.get("redirect_uri")]).toEqual([
        site.providers.plain.issuer,
        `${site.url}/api/auth/callback/plain`,
      ]);
      const back = await logInThere(who, await who.follow(start), LOGIN);
      const end = await who.send(back.location ?? "", { headers });
      expect(end.location).toBe(`${site.url}/account`);
      expect(isIn(who)).toBe(true);
    }
  });
});

test("a provider that is gone keeps nobody signed in", async () => {
  const who = visitor();
  await signInBy(who, site.url, "plain", LOGIN, "/account");
  await site.providers.plain.stop();
  // A server that has never asked it before.
  const other = await site.startAnother({ AUTH_URL: site.url });
  const { origin } = new URL(site.url);
  const out = await who.send(`${other.url}/logout`, { form: {}, headers: { origin } });
  expect([out.status, new URL(out.location ?? "", site.url).pathname]).toEqual([303, "/login"]);
  expect(await loginOf(who, site.url)).toBeUndefined();
  expect((await who.send(`${site.url}/login`)).text).toContain("You have been logged out.");
});

test("nothing of all that was a fault of ours", () => {
  expect(site.server.output() + secure.output()).not.toMatch(/⨯|TypeError|unhandled/i);
});
