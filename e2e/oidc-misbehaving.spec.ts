import { setTimeout as pause } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { expect, test } from "./fixtures";
import { alertIn } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import {
  CLIENT_SECRET,
  type Endpoint,
  type IdentityProvider,
  profileOn,
  startIdentityProvider,
  type Tampering,
} from "./support/oidc/provider";
import { claiming, lacking, publicKeyOf, signedByStranger, signedWith, unsigned } from "./support/oidc/tokens";
import { goToProvider, logInThere, type Reply, signInBy, type Visitor, visitor } from "./support/oidc/visitor";
import { addPerson } from "./support/people";
import { freePort } from "./support/process";

/** Providers that do what none should: a page says so, nobody is in, and nobody else notices. */

const LOGIN = "victim@example.com";
const FAILED = "Logging in with Bad did not work. Try again in a minute, or log in another way.";

let site: Isolated;
let bad: IdentityProvider;
let good: IdentityProvider;

test.describe.configure({ mode: "serial" });

const start = (port: number, name: string, key?: IdentityProvider["key"]) =>
  startIdentityProvider({
    port,
    name,
    redirectUris: [`${site.url}/api/auth/callback/${name}`],
    ...(key && { key }),
  });

test.beforeAll(async () => {
  const [badPort, goodPort] = [await freePort(), await freePort()];
  const profiles = [profileOn(badPort, "bad", { label: "Bad" }), profileOn(goodPort, "good", { label: "Good" })];
  site = await startIsolated("misbehaving", {
    OIDC_PROFILES: JSON.stringify(profiles),
    SMTP_URL: "smtp://127.0.0.1:1",
  });
  [bad, good] = [await start(badPort, "bad"), await start(goodPort, "good")];
  await addPerson(site.ctx(), LOGIN);
});

test.afterAll(async () => {
  await Promise.all([bad?.stop(), good?.stop()]);
  await site?.end();
});

const isIn = (who: Visitor) => who.cookies.get("localhost")?.has("gatehouse-session") === true;

async function sessionCount(): Promise<number> {
  const [row] = await site.ctx().db.select({ count: sql<number>`count(*)::int` }).from(sessions);
  return row?.count ?? 0;
}

/** Refused: on the login page, with a word that names the provider; no session, no fault of ours, and others get in. */
async function expectRefused(who: Visitor, reply: Reply, before: number, told = FAILED): Promise<void> {
  expect([reply.status, new URL(reply.url).pathname, alertIn(reply)]).toEqual([200, "/login", told]);
  expect(isIn(who)).toBe(false);
  expect(await sessionCount()).toBe(before);
  const other = visitor();
  expect(new URL((await signInBy(other, site.url, "good", LOGIN, "/account")).url).pathname).toBe("/account");
  expect(isIn(other)).toBe(true);
}

/** A sign-in while answers of the bad provider are tampered with. */
async function tampered(endpoint: Endpoint, change: Tampering, login = LOGIN): Promise<void> {
  const before = await sessionCount();
  const who = visitor();
  // What is told of the provider may be remembered: only what is asked at the end is tampered with.
  const back = await logInThere(who, await goToProvider(who, site.url, "bad"), login);
  bad.tamper[endpoint] = change;
  try {
    await expectRefused(who, await who.follow(back), before);
  } finally {
    delete bad.tamper[endpoint];
  }
}

test("the bad provider lets people in as long as it behaves", async () => {
  const who = visitor();
  const reply = await signInBy(who, site.url, "bad", LOGIN, "/account");
  expect(new URL(reply.url).pathname).toBe("/account");
  expect(isIn(who)).toBe(true);
});

const now = () => Math.floor(Date.now() / 1000);

const idTokens: [what: string, change: () => Tampering][] = [
  ["another nonce", () => claiming(bad, { nonce: "another" })],
  ["no nonce", () => lacking(bad, "nonce")],
  ["another audience", () => claiming(bad, { aud: "somebody else" })],
  ["several audiences and no authorized party", () => claiming(bad, { aud: [bad.clientId, "somebody else"] })],
  ["another authorized party", () => claiming(bad, { azp: "somebody else" })],
  ["another issuer", () => claiming(bad, { iss: good.issuer })],
  ["no subject", () => lacking(bad, "sub")],
  ["another subject than the userinfo endpoint", () => claiming(bad, { sub: "root@example.com" })],
  ["a time to end that has passed", () => claiming(bad, { iat: now() - 7200, exp: now() - 3600 })],
  ["no time to end", () => lacking(bad, "exp")],
  ["a key that nobody knows", () => signedByStranger("a key that nobody knows")],
  ["the right name of a wrong key", () => signedByStranger(bad.key.kid)],
  ["a wrong key without a name", () => signedByStranger(undefined)],
  ["no signature", unsigned],
  ["the public key as a secret", () => signedWith(publicKeyOf, bad)],
  ["the secret of the app", () => signedWith(async () => CLIENT_SECRET, bad)],
];

for (const [what, change] of idTokens) {
  test(`an ID token with ${what} is refused`, async () => tampered("token", change()));
}

/** Asks to sign in again, and comes back while the ID token is tampered with. */
async function signInAgain(change: Tampering | undefined, form: Record<string, string> = { again: "true" }) {
  const who = visitor();
  const login = await who.follow(await who.send(`${site.url}/login/bad`, { form: { next: "/account", ...form } }));
  const back = await logInThere(who, login, LOGIN);
  if (change) bad.tamper.token = change;
  try {
    return { who, reply: await who.follow(back) };
  } finally {
    delete bad.tamper.token;
  }
}

test("whoever is to sign in again has to do so at the provider too", async () => {
  expect(new URL((await signInAgain(undefined)).reply.url).pathname).toBe("/account");
  for (const change of [
    claiming(bad, { auth_time: now() - 3600 }),
    claiming(bad, { auth_time: String(now()) }),
    lacking(bad, "auth_time"),
  ]) {
    const before = await sessionCount();
    const { who, reply } = await signInAgain(change);
    await expectRefused(who, reply, before);
  }
  expect(site.server.output()).toContain("nobody has signed in there again (auth_time)");
  // Any sign-in will do where nobody is asked to sign in again, also in a browser that once was.
  const { who } = await signInAgain(lacking(bad, "auth_time"));
  who.cookies.set("127.0.0.1", new Map());
  bad.tamper.token = claiming(bad, { auth_time: now() - 3600 });
  const reply = await signInBy(who, site.url, "bad", LOGIN, "/account");
  delete bad.tamper.token;
  expect(new URL(reply.url).pathname).toBe("/account");
});

const answers: [what: string, change: Tampering][] = [
  ["500", () => ({ status: 500, body: "{}" })],
  ["HTML", () => ({ status: 200, body: "<html>maintenance</html>" })],
  ["JSON that ends too soon", ({ status, body }) => ({ status, body: body.slice(0, -5) })],
  ["an empty body", ({ status }) => ({ status, body: "" })],
  ["a list", ({ status }) => ({ status, body: "[]" })],
  ["2 MB", ({ status, body }) => ({ status, body: body + " ".repeat(2 * 1024 * 1024) })],
];

for (const endpoint of ["token", "userinfo"] as const) {
  for (const [what, change] of answers) {
    test(`${what} from the ${endpoint} endpoint is refused`, async () => tampered(endpoint, change));
  }
}

test("a userinfo endpoint that speaks of somebody else is not believed", async () => {
  await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  await tampered("userinfo", ({ status, body }) => ({
    status,
    body: JSON.stringify({ ...JSON.parse(body), sub: "root@example.com", email: "root@example.com" }),
  }));
});

test("endpoints that never answer end in a page, and hold up nobody else", async () => {
  const before = await sessionCount();
  const hang: Tampering = async (answer) => {
    await pause(30_000, undefined, { ref: false });
    return answer;
  };
  const who = visitor();
  const back = await logInThere(who, await goToProvider(who, site.url, "bad"), LOGIN);
  bad.tamper.token = hang;
  try {
    const [reply] = await Promise.all([
      who.follow(back),
      // In the meantime.
      signInBy(visitor(), site.url, "good", LOGIN),
    ]);
    await expectRefused(who, reply, before + 1);
  } finally {
    delete bad.tamper.token;
  }
});

test.describe("what belongs to one visit", () => {
  /** A visit that has come back as far as the app's own address. */
  async function visit(profile = "bad", who = visitor()) {
    const back = await logInThere(who, await goToProvider(who, site.url, profile), LOGIN);
    return { who, back, url: back.location ?? "" };
  }

  const refuse = async (who: Visitor, url: string, profile = "Bad") => {
    const before = await sessionCount();
    const reply = await who.follow(await who.send(url));
    await expectRefused(who, reply, before, FAILED.replace("Bad", profile));
  };

  test("is good once: the same address again is refused, with the cookies of before and of now", async () => {
    const { who, url } = await visit();
    const cookies = new Map(who.cookies.get("localhost"));
    await who.follow(await who.send(url));
    expect(isIn(who)).toBe(true);
    who.cookies.get("localhost")?.delete("gatehouse-session");
    await refuse(who, url);
    who.cookies.set("localhost", cookies);
    await refuse(who, url);
  });

  test("is that of one browser: another one, with or without a visit of its own, is refused", async () => {
    await refuse(visitor(), (await visit()).url);
    const other = visitor();
    await goToProvider(other, site.url, "bad");
    await refuse(other, (await visit()).url);
  });

  test("has one state: another one, or none, is refused", async () => {
    for (const state of ["another", ""]) {
      const { who, url } = await visit();
      const changed = new URL(url);
      changed.searchParams.set("state", state);
      await refuse(who, changed.href);
    }
  });

  test("is at one provider: the code of one is refused at the other, with the cookies of either", async () => {
    const atBad = await visit("bad");
    await refuse(atBad.who, atBad.url.replace("/callback/bad", "/callback/good"), "Good");
    const atGood = await visit("good");
    await refuse(atGood.who, atGood.url.replace("/callback/good", "/callback/bad"));
    // Mix-up: the code of one, in a visit of the other.
    const code = new URL((await visit("good")).url).searchParams.get("code") ?? "";
    const { who, url } = await visit("bad");
    const mixed = new URL(url);
    mixed.searchParams.set("code", code);
    await refuse(who, mixed.href);
  });

  test("has an issuer in the answer, which has to be the right one", async () => {
    const { who, url } = await visit();
    const changed = new URL(url);
    changed.searchParams.set("iss", good.issuer);
    await refuse(who, changed.href);
  });

  test("does not take the provider's word for what went wrong", async () => {
    const who = visitor();
    await goToProvider(who, site.url, "bad");
    const query = "error=server_error&error_description=%3Cscript%3Ealert(1)%3C/script%3E%0Aforged+line";
    await refuse(who, `${site.url}/api/auth/callback/bad?${query}`);
    expect(site.server.output()).not.toMatch(/^forged line/m);
  });
});

test("a provider that is stopped in mid-login, and one that is not there, end in a page; both work again", async () => {
  const before = await sessionCount();
  const who = visitor();
  const back = await logInThere(who, await goToProvider(who, site.url, "bad"), LOGIN);
  await bad.stop();
  await expectRefused(who, await who.follow(back), before);
  // What is remembered of the provider leads there all the same; the browser says that nobody listens.
  const { location } = await visitor().send(`${site.url}/login/bad`, { form: { next: "/account" } });
  expect(location?.startsWith(`${bad.issuer}/auth?`)).toBe(true);
  bad = await start(Number(new URL(bad.issuer).port), "bad", bad.key);
  expect(new URL((await signInBy(visitor(), site.url, "bad", LOGIN, "/account")).url).pathname).toBe("/account");
});

test.describe("what a provider tells of itself", () => {
  let fresh: IdentityProvider;
  let server: string;

  test.beforeAll(async () => {
    const port = await freePort();
    const settings = { OIDC_PROFILES: JSON.stringify([profileOn(port, "bad", { label: "Bad" })]) };
    server = (await site.startAnother(settings)).url;
    fresh = await startIdentityProvider({ port, name: "bad", redirectUris: [`${server}/api/auth/callback/bad`] });
  });

  test.afterAll(async () => fresh?.stop());

  const descriptions: [what: string, change: Tampering][] = [
    [
      "another issuer",
      ({ status, body }) => ({ status, body: body.replaceAll(fresh.issuer, "https://evil.example.com") }),
    ],
    [
      "no endpoint for tokens",
      ({ status, body }) => ({ status, body: body.replace('"token_endpoint":', '"no_endpoint":') }),
    ],
    ...answers,
  ];

  for (const [what, change] of descriptions) {
    test(`with ${what} it is not gone to`, async () => {
      fresh.tamper.discovery = change;
      const who = visitor();
      const reply = await who.follow(await who.send(`${server}/login/bad`, { form: { next: "/account" } }));
      expect([reply.status, new URL(reply.url).pathname, alertIn(reply)]).toEqual([200, "/login", FAILED]);
      expect(new URL(reply.url).searchParams.get("next")).toBe("/account");
    });
  }

  test("it is asked again once it is mended, and its keys are too", async () => {
    delete fresh.tamper.discovery;
    fresh.tamper.jwks = () => ({ status: 500, body: "" });
    expect(alertIn(await signInBy(visitor(), server, "bad", LOGIN))).toBe(FAILED);
    delete fresh.tamper.jwks;
    expect(new URL((await signInBy(visitor(), server, "bad", LOGIN, "/account")).url).pathname).toBe("/account");
  });
});

test("nothing of all that was a fault of ours", async () => {
  expect(site.server.output()).not.toMatch(/⨯|TypeError|unhandled/i);
  const [victim] = await site.ctx().db.select().from(users).where(eq(users.loginIdCanonical, LOGIN));
  expect(victim?.isEnabled).toBe(true);
});
