import { afterAll, beforeAll, expect, it } from "vitest";
import { type IdentityProvider, profileOn, startIdentityProvider } from "@/e2e/support/oidc/provider";
import { freePort } from "@/e2e/support/process";
import { cliTexts } from "@/lib/cli/texts";
import { connect } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { type Directory, startDirectory } from "@/lib/testing/slapd";
import { examine, lineOf } from "./examine";

/** The doctor with real servers, and one thing wrong at a time. */

const databaseUrl = setUpTestDatabase();

let directory: Directory;
let provider: IdentityProvider;
let port: number;

beforeAll(async () => {
  [directory, port] = await Promise.all([startDirectory(), freePort()]);
  provider = await startIdentityProvider({ port, name: "corp", redirectUris: ["http://localhost:3000/callback"] });
});

afterAll(async () => {
  await provider.stop();
  await directory.stop();
});

const goodProfile = () => profileOn(port, "corp", { domainFilter: "corp.example.com" });

const profiles = (...all: unknown[]) => ({ OIDC_PROFILES: JSON.stringify(all) });

/** Everything as it should be. */
const good = () => ({
  NODE_ENV: "production",
  AUTH_SECRET: "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0hB",
  AUTH_URL: "http://localhost:3000",
  LC_ALL: "en_US.UTF-8",
  SMTP_URL: "smtp://localhost:25",
  MAIL_FROM: "Gatehouse <no-reply@example.com>",
  LOGIN_AUTHENTICATOR: "ldap",
  LDAP_SERVER_URL: directory.url,
  LDAP_START_TLS: "true",
  LDAP_CA_FILE: directory.caFile,
  LDAP_BIND_DN: directory.service.dn,
  LDAP_BIND_PASSWORD: directory.service.password,
  LDAP_SEARCH_BASE: directory.base,
  ...profiles(goodProfile()),
});

/** What the command says. */
async function examined(settings: Record<string, string>) {
  return withEnvironment({ ...good(), ...settings }, async () => {
    const texts = await cliTexts();
    const findings = await examine({ context: async () => testContext() });
    const lines = findings.map((finding) => lineOf(finding, { texts }));
    const marked = (mark: string) => lines.filter((line) => line.startsWith(mark));
    return { lines, wrong: marked("✗"), warnings: marked("!") };
  });
}

it("finds nothing where all is well, in the language of the terminal", async () => {
  const english = await examined({});
  expect(english).toMatchObject({ wrong: [], warnings: [] });
  expect(english.lines).toEqual([
    expect.stringMatching(/^✓ The database answers \(PostgreSQL .+\)\.$/),
    "✓ The database is up to date.",
    "✓ People log in by: ldap.",
    "✓ Mail leaves by smtp, from Gatehouse <no-reply@example.com>.",
    `✓ ${directory.url} answers.`,
    `✓ corp: ${provider.issuer} answers and knows this app.`,
  ]);
  const spanish = await examined({ LC_ALL: "es_ES.UTF-8" });
  expect(spanish).toMatchObject({ wrong: [], warnings: [] });
  expect(spanish.lines).toContain("✓ La base de datos está al día.");
});

it.each<[what: string, settings: () => Record<string, string>, sentence: RegExp]>([
  [
    "a server that is not there",
    () => ({ LDAP_SERVER_URL: "ldap://127.0.0.1:1" }),
    /ldap:\/\/127\.0\.0\.1:1: nothing listens/,
  ],
  [
    "a host that nobody knows",
    () => ({ LDAP_SERVER_URL: "ldap://nowhere.invalid" }),
    /nowhere\.invalid: there is no host/,
  ],
  ["another authority", () => ({ LDAP_CA_FILE: directory.otherCaFile }), /not signed by an authority .* LDAP_CA_FILE/],
  ["the file of the authority", () => ({ LDAP_CA_FILE: "/nowhere/ca.pem" }), /LDAP_CA_FILE cannot be read/],
  ["the service account", () => ({ LDAP_BIND_PASSWORD: "wrong" }), /LDAP_BIND_DN and LDAP_BIND_PASSWORD were refused/],
  ["the search base", () => ({ LDAP_SEARCH_BASE: "dc=nowhere" }), /there is no dc=nowhere.*LDAP_SEARCH_BASE/],
  [
    "a group of the directory",
    () => ({ LDAP_GROUP_MAP: '{"cn=no,dc=example,dc=test":[]}' }),
    /there is no cn=no,.*LDAP_GROUP_MAP/,
  ],
  [
    "a group here",
    () => ({ LDAP_GROUP_MAP: JSON.stringify({ [directory.base]: ["Nobody"] }) }),
    /there is no group “Nobody” here/,
  ],
  [
    "a provider that is not there",
    () => profiles(profileOn(1024, "corp", { domainFilter: "x.org" })),
    /127\.0\.0\.1:1024: nothing listens/,
  ],
  [
    "the secret of a provider",
    () => profiles({ ...goodProfile(), client: { ...goodProfile().client, clientSecret: "wrong" } }),
    /corp: the provider does not know this clientId and clientSecret/,
  ],
  [
    "the path of an issuer",
    () => profiles({ ...goodProfile(), client: { ...goodProfile().client, issuer: `${provider.issuer}/realm` } }),
    /corp: .*\/realm\/\.well-known\/openid-configuration answers 404/,
  ],
  [
    "where /login leads on to",
    () => ({ LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "/login/nowhere?x=1" }),
    /leads on to \/login\/nowhere\?x=1, but OIDC_PROFILES has no such profile/,
  ],
  ["mail without a way out", () => ({ SMTP_URL: "" }), /Mail is on, but has no way out/],
])("says what to mend: %s", async (_, settings, sentence) => {
  const { wrong, lines } = await examined(settings());
  expect(wrong).toEqual([expect.stringMatching(sentence)]);
  // The rest was looked at all the same.
  expect(lines.length).toBeGreaterThanOrEqual(5);
});

it("says what is wrong with each of several servers", async () => {
  const { wrong } = await examined({ LDAP_SERVER_URL: `ldap://127.0.0.1:1,${directory.url},ldap://127.0.0.1:2` });
  expect(wrong.map((line) => line.slice(0, 24))).toEqual(["✗ ldap://127.0.0.1:1: no", "✗ ldap://127.0.0.1:2: no"]);
});

it("says what a provider's description lacks", async () => {
  // One that nobody has asked yet: what a good one says is remembered.
  const anotherPort = await freePort();
  const fresh = await startIdentityProvider({
    port: anotherPort,
    name: "fresh",
    redirectUris: ["http://localhost:3000/callback"],
  });
  const settings = profiles(profileOn(anotherPort, "fresh"));
  try {
    fresh.tamper.discovery = ({ status, body }) => ({
      status,
      body: JSON.stringify({ ...JSON.parse(body), issuer: "https://evil.example.com" }),
    });
    expect((await examined(settings)).wrong).toEqual([expect.stringContaining("speaks of another issuer")]);
    fresh.tamper.discovery = () => ({ status: 200, body: "<html>" });
    expect((await examined(settings)).wrong).toEqual([expect.stringContaining("is not the description of a provider")]);
    delete fresh.tamper.discovery;
    fresh.tamper.jwks = () => ({ status: 200, body: '{"keys":[]}' });
    expect((await examined(settings)).wrong).toEqual([expect.stringContaining("there are no signing keys")]);
  } finally {
    await fresh.stop();
  }
});

it("warns of what is allowed but unwise", async () => {
  const open = profiles(profileOn(port, "corp", { autoCreate: true }));
  const { wrong, warnings } = await examined({
    ...open,

    MAIL_FROM: "Gatehouse <no-reply@localhost>",
  });
  expect(wrong).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining("MAIL_FROM"), expect.stringContaining("autoCreate")]);
});

it("goes on without the database, and says so", async () => {
  const { wrong, lines } = await examined({ DATABASE_URL: "postgres://localhost:1/nowhere" });
  expect(wrong).toEqual([expect.stringContaining("The database cannot be reached")]);
  expect(lines).toContain(`✓ ${directory.url} answers.`);
});

it("counts the migrations that are pending", async () => {
  const client = await connect(databaseUrl());
  await client.query(
    "delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)",
  );
  await client.end();
  expect((await examined({})).wrong).toEqual([expect.stringMatching(/^✗ 1 migration is pending\./)]);
});
