import { gzipSync } from "node:zlib";
import { decodeJwt, exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";
import { sessions } from "@/lib/db/schema/auth";
import { expect, test } from "./fixtures";
import { clientOf } from "./support/api";
import { actionOn, alertIn, formData } from "./support/forms";
import type { Endpoint, IdentityProvider, Tampering } from "./support/oidc/provider";
import { isIn, loginOf, type ProviderSite, startWithProviders } from "./support/oidc/site";
import { claiming, lacking, signedWith } from "./support/oidc/tokens";
import { goToProvider, logInThere, type Reply, signInBy, type Visitor, visitor } from "./support/oidc/visitor";
import { addPerson, PASSWORD } from "./support/people";

/** Providers that answer too late, too much, from elsewhere, or for somebody else. */

const LOGIN = "victim@example.com";
const OTHER = "somebody@example.com";
const HANGING = ["discovery", "token", "userinfo", "jwks", "end"] as const;

type Name = "bad" | "good" | (typeof HANGING)[number];

let site: ProviderSite<Name>;
let bad: IdentityProvider;
let good: IdentityProvider;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const names: Name[] = ["bad", ...HANGING];
  const profiles = Object.fromEntries(names.map((name) => [name, {}])) as Record<Name, Record<string, unknown>>;
  site = await startWithProviders("broken", {
    ...profiles,
    good: { groupsClaim: "groups", groupMap: { editors: ["Editors"] } },
  });
  ({ bad, good } = site.providers);
  await addPerson(site.ctx(), LOGIN);
  await addPerson(site.ctx(), OTHER);
});

test.afterAll(() => site?.end());

const failed = (name: string) => `Logging in with ${name} did not work. Try again in a minute, or log in another way.`;

const sessionCount = () => site.ctx().db.$count(sessions);

/** Told so on the login page, and nobody is in. */
function expectRefused(who: Visitor, reply: Reply, told: string | RegExp): void {
  expect([reply.status, new URL(reply.url).pathname]).toEqual([200, "/login"]);
  expect(alertIn(reply)).toMatch(told);
  expect(isIn(who)).toBe(false);
}

/** Password login and another provider go on as ever. */
async function expectOthersIn(): Promise<void> {
  const client = clientOf(site.url);
  const fields = [
    ["loginId", LOGIN],
    ["password", PASSWORD],
  ] as const;
  const { headers } = await client("POST", "/login", {
    body: formData(actionOn((await client("GET", "/login")).text), fields),
  });
  expect(headers.getSetCookie().some((line) => line.startsWith("gatehouse-session="))).toBe(true);
  const who = visitor();
  await signInBy(who, site.url, "good", LOGIN, "/account");
  expect(await loginOf(who, site.url)).toBe(LOGIN);
}

type Tampered = Partial<Record<Endpoint, Tampering>>;

/** A sign-in at a provider whose answers are tampered with once somebody has logged in there. */
async function enter(name: Name, tamper: Tampered, subject = LOGIN): Promise<{ who: Visitor; reply: Reply }> {
  const provider = site.providers[name];
  const who = visitor();
  const back = await logInThere(who, await goToProvider(who, site.url, name), subject);
  Object.assign(provider.tamper, tamper);
  try {
    return { who, reply: await who.follow(back) };
  } finally {
    for (const endpoint of Object.keys(tamper) as Endpoint[]) delete provider.tamper[endpoint];
  }
}

async function refuse(name: Name, tamper: Tampered, told: string | RegExp = failed(name)): Promise<void> {
  const before = await sessionCount();
  const { who, reply } = await enter(name, tamper);
  expectRefused(who, reply, told);
  expect(await sessionCount()).toBe(before);
}

const soon = () => Math.floor(Date.now() / 1000) + 3600;

/** The right claims with another header, signed by a key that is not the provider's. */
const signedAs =
  (header: (own: JsonKey) => JWTHeaderParameters, alg = "RS256"): Tampering =>
  async ({ status, body }) => {
    const answer = JSON.parse(body) as { id_token: string };
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const token = new SignJWT(decodeJwt(answer.id_token)).setProtectedHeader(header(await exportJWK(publicKey)));
    return { status, body: JSON.stringify({ ...answer, id_token: await token.sign(privateKey) }) };
  };
type JsonKey = Awaited<ReturnType<typeof exportJWK>>;

/** Signed by the other provider, which is as good as this one. */
const signedByGood: Tampering = async ({ status, body }) => {
  const answer = JSON.parse(body) as { id_token: string };
  const header = { alg: "RS256", kid: good.key.kid, jku: `${good.issuer}/jwks` };
  const token = await new SignJWT(decodeJwt(answer.id_token)).setProtectedHeader(header).sign(good.key.privateKey);
  return { status, body: JSON.stringify({ ...answer, id_token: token }) };
};

const withoutToken: Tampering = ({ status, body }) => {
  const { id_token: _, ...rest } = JSON.parse(body) as Record<string, unknown>;
  return { status, body: JSON.stringify(rest) };
};

const idTokens: [what: string, tampering: () => Tampering][] = [
  [
    "for several, of which another is the authorized party",
    () => claiming(bad, { aud: [bad.clientId, "x"], azp: "x" }),
  ],
  ["that is good later only", () => claiming(bad, { nbf: soon() })],
  ["that does not tell when it was made", () => lacking(bad, "iat")],
  ["whose end is a text", () => claiming(bad, { exp: "never" as unknown as number })],
  ["that brings its own key along", () => signedAs((jwk) => ({ alg: "RS256", jwk }))],
  ["that brings a key by the right name", () => signedAs((jwk) => ({ alg: "RS256", kid: bad.key.kid, jwk }))],
  ["of another kind of key", () => signedAs(() => ({ alg: "ES256", kid: bad.key.kid }), "ES256")],
  ["of another provider's key", () => signedByGood],
  [
    "whose secret is the public key as JSON",
    () => signedWith(async ({ key }) => JSON.stringify(await exportJWK(key.publicKey)), bad),
  ],
  [
    "whose secret is the public key without its frame",
    () => signedWith(async ({ key }) => (await exportSPKI(key.publicKey)).replace(/-----[^-]+-----|\s/g, ""), bad),
  ],
  ["whose secret is empty", () => signedWith(async () => "", bad)],
  ["that is missing", () => withoutToken],
];

for (const [what, tampering] of idTokens) {
  test(`an ID token ${what} is refused`, async () => refuse("bad", { token: tampering() }));
}

test("an ID token for several is good where this app is the authorized party", async () => {
  const { who } = await enter("bad", { token: claiming(bad, { aud: [bad.clientId, "x"], azp: bad.clientId }) });
  expect(await loginOf(who, site.url)).toBe(LOGIN);
});

/** Leads to the same endpoint of a provider that would answer well. */
const elsewhere =
  (path: string, status: number): Tampering =>
  () => ({ status, body: "", headers: { location: good.issuer + path } });

/** Small on its way, and far too much once it is unpacked. */
const packed: Tampering = ({ status, body }) => ({
  status,
  body: gzipSync(body + " ".repeat(64 * 1024 * 1024)),
  headers: { "content-encoding": "gzip" },
});

const broken: Tampering = ({ status, body }) => ({ status, body, ending: "broken" });

const PATHS: Record<Endpoint, string> = {
  discovery: "/.well-known/openid-configuration",
  jwks: "/jwks",
  token: "/token",
  userinfo: "/me",
};

for (const endpoint of ["token", "userinfo", "jwks"] as const) {
  // Keys are asked for once, by a profile that nobody has come in by yet.
  const name = endpoint === "jwks" ? "jwks" : "bad";
  for (const status of [302, 307]) {
    test(`the ${endpoint} endpoint leads nowhere by ${status}`, async () => {
      await signInBy(visitor(), site.url, "good", LOGIN);
      const before = { ...good.requests };
      await refuse(name, { [endpoint]: elsewhere(PATHS[endpoint], status) });
      expect(good.requests).toEqual(before);
    });
  }

  for (const [what, change] of [
    ["unpacks to 64 MB", packed],
    ["breaks off", broken],
    ["is HTML", () => ({ status: 200, body: "<html>maintenance</html>" })],
  ] as [string, Tampering][]) {
    test(`an answer of the ${endpoint} endpoint that ${what} is refused`, async () =>
      refuse(name, { [endpoint]: change }));
  }
}

test("a description that is elsewhere, too much, or breaks off is not read", async () => {
  const { discovery } = site.providers;
  await signInBy(visitor(), site.url, "good", LOGIN);
  const before = { ...good.requests };
  for (const change of [elsewhere(PATHS.discovery, 302), elsewhere(PATHS.discovery, 308), packed, broken]) {
    discovery.tamper.discovery = change;
    const who = visitor();
    expectRefused(who, await goToProvider(who, site.url, "discovery"), failed("discovery"));
  }
  expect(good.requests).toEqual(before);
});

test("answers that never come, or never end, end in a page, and hold up nobody else", async () => {
  const never = () => new Promise<never>(() => {});
  const before = await sessionCount();
  const tampering: Record<(typeof HANGING)[number], Tampered> = {
    discovery: {},
    token: { token: never },
    userinfo: { userinfo: never },
    jwks: { jwks: never },
    end: { userinfo: ({ status, body }) => ({ status, body, ending: "never" }) },
  };
  site.providers.discovery.tamper.discovery = never;
  const atDiscovery = async () => {
    const who = visitor();
    return { who, reply: await goToProvider(who, site.url, "discovery") };
  };
  const started = Date.now();
  const [met] = await Promise.all([
    Promise.all(HANGING.map((name) => (name === "discovery" ? atDiscovery() : enter(name, tampering[name])))),
    expectOthersIn(),
  ]);
  // One request to a provider takes five seconds at most.
  expect(Date.now() - started).toBeLessThan(20_000);
  for (const [index, { who, reply }] of met.entries()) expectRefused(who, reply, failed(HANGING[index] ?? ""));
  expect(await sessionCount()).toBe(before + 2);
});

test.describe("claims that nobody should trip over", () => {
  const userinfo =
    (change: Record<string, unknown>): Tampering =>
    ({ status, body }) => ({ status, body: JSON.stringify({ ...JSON.parse(body), ...change }) });

  test("a verified address in the ID token does not verify another one of the userinfo endpoint", async () => {
    const token = claiming(bad, { email: OTHER, email_verified: true });
    const change = userinfo({ email: LOGIN, email_verified: undefined });
    const { who, reply } = await enter("bad", { token, userinfo: change }, "nobody-yet");
    expectRefused(who, reply, /^bad gave no verified email address for you/);
  });

  test("a subject that cannot be stored is refused", async () => {
    const sub = "a\0b";
    await refuse("bad", { token: claiming(bad, { sub }), userinfo: userinfo({ sub }) });
  });

  test("groups may be called anything", async () => {
    good.people.set(LOGIN, { groups: ["constructor", "toString", "__proto__", "a\0b", ""] });
    const who = visitor();
    const reply = await signInBy(who, site.url, "good", LOGIN, "/account");
    expect([alertIn(reply), await loginOf(who, site.url)]).toEqual(["", LOGIN]);
    good.people.delete(LOGIN);
  });
});

test("a description writes no lines of its own into the log", async () => {
  const { discovery } = site.providers;
  discovery.tamper.discovery = ({ status, body }) => ({
    status,
    body: JSON.stringify({
      ...JSON.parse(body),
      issuer: `https://evil.example.com\n[auth] forged ${"x".repeat(10_000)}`,
    }),
  });
  const who = visitor();
  expectRefused(who, await goToProvider(who, site.url, "discovery"), failed("discovery"));
  expect(site.server.output()).not.toMatch(/^\[auth\] forged/m);
  expect(site.server.output()).not.toContain("x".repeat(1000));
});

test("nothing of all that was a fault of ours, nor did it keep anybody out", async () => {
  expect(site.server.output()).not.toMatch(/⨯|TypeError|unhandled/i);
  await expectOthersIn();
});
