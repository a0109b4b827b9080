import { describe, expect, it } from "vitest";
import { type Config, ConfigError, type ConfigProblem, config, parseEnv, setDatabaseUrl } from "./env";

const SECRET = "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0hB";
const OTHER_SECRET = "Qw7eRt5yUi3oPa1sDf9gHj2kLz4xCv6b";

/** Everything that production needs. */
const production = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://gatehouse:secret@db.internal:5432/gatehouse",
  AUTH_SECRET: SECRET,
  AUTH_URL: "https://gatehouse.acme.test",
};

type Source = Record<string, string | undefined>;

function problemsOf(source: Source): ConfigProblem[] {
  const result = parseEnv(source);
  return "problems" in result ? result.problems : [];
}

function configOf(source: Source): Config {
  const result = parseEnv(source);
  if ("problems" in result) throw new ConfigError(result.problems);
  return result.config;
}

const namesOf = (source: Source) => problemsOf(source).map(({ name }) => name);

const profile = (name: string, more = {}) => ({
  name,
  client: { issuer: "https://id.acme.test", clientId: "gatehouse", clientSecret: "s3cret" },
  ...more,
});

describe("production", () => {
  it("is content with database, secret and address", () => {
    expect(configOf(production)).toMatchObject({ isProduction: true, AUTH_SECRET: [SECRET] });
  });

  it.each(["DATABASE_URL", "AUTH_SECRET", "AUTH_URL"])("refuses to start without %s", (name) => {
    expect(namesOf({ ...production, [name]: undefined })).toEqual([name]);
    expect(namesOf({ ...production, [name]: "" })).toEqual([name]);
  });

  it.each([
    ["short", "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0h"],
    ["repeated", "a".repeat(64)],
    ["made of few characters", "abcabcabc".repeat(5)],
    ["a placeholder", "change-me-please-0123456789-abcdefghijk"],
    ["a placeholder in capitals", "CHANGEME-0123456789-abcdefghijklmnopq"],
    ["a placeholder of another kind", "your-secret-goes-here-0123456789-abcdef"],
    ["made for development", `development-${SECRET}`],
    ["weak in the first place of a list", `short,${SECRET}`],
    ["weak in the last place of a list", `${SECRET},${OTHER_SECRET},short`],
    ["the text of the example", "the output of: openssl rand -base64 32"],
  ])("refuses a secret that is %s", (_, secret) => {
    expect(namesOf({ ...production, AUTH_SECRET: secret })).toEqual(["AUTH_SECRET"]);
  });

  it("takes a list of strong secrets, of which the first signs", () => {
    expect(configOf({ ...production, AUTH_SECRET: `${SECRET}, ${OTHER_SECRET}` }).AUTH_SECRET).toEqual([
      SECRET,
      OTHER_SECRET,
    ]);
  });

  it.each([
    "http://gatehouse.acme.test",
    "http://localhost.acme.test",
    "http://127.0.0.1.acme.test",
    "http://128.0.0.1",
    "http://[2001:db8::1]",
    "http://10.0.0.1:3000",
    "ftp://gatehouse.acme.test",
    "gatehouse.acme.test",
    "//gatehouse.acme.test",
  ])("refuses %s as its address", (url) => {
    expect(namesOf({ ...production, AUTH_URL: url })).toEqual(["AUTH_URL"]);
  });

  it.each(["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://gatehouse.acme.test"])(
    "takes %s as its address",
    (url) => {
      expect(configOf({ ...production, AUTH_URL: url }).AUTH_URL).toBe(url);
    },
  );

  it.each(["/some/path", "/?x", "/#y"])("refuses an address that is more than an origin: %s", (more) => {
    const [problem] = problemsOf({ ...production, AUTH_URL: `https://gatehouse.acme.test${more}` });
    expect(problem).toMatchObject({ name: "AUTH_URL", problem: expect.stringContaining("origin") });
  });

  it.each([
    ["LDAP_TEST_MODE", { LDAP_TEST_MODE: "true" }],
    ["MAIL_TRANSPORT", { MAIL_TRANSPORT: "outbox" }],
    [
      "OIDC_PROFILES",
      {
        OIDC_PROFILES: JSON.stringify([
          profile("corp", { client: { issuer: "http://id.acme.test", clientId: "a", clientSecret: "b" } }),
        ]),
      },
    ],
  ])("refuses %s as it is fit for development only", (name, variables) => {
    expect(namesOf({ ...production, ...variables })).toEqual([name]);
    expect(problemsOf(variables)).toEqual([]);
  });
});

describe("problems", () => {
  it("are reported all at once, each with its name, what is wrong, and an example", () => {
    const problems = problemsOf({ NODE_ENV: "production", LDAP_TEST_MODE: "true", MAIL_TRANSPORT: "outbox" });
    expect(problems.map(({ name }) => name).sort()).toEqual(
      ["AUTH_SECRET", "AUTH_URL", "DATABASE_URL", "LDAP_TEST_MODE", "MAIL_TRANSPORT"].sort(),
    );
    for (const { name, problem, example } of problems) {
      expect(problem).not.toBe("");
      expect(example).toMatch(new RegExp(`^${name}=.+`));
    }
  });

  it("are reported all at once also where some values are malformed and others are missing", () => {
    expect(namesOf({ NODE_ENV: "production", PORT: "http", LOGIN_ID: "phone" }).sort()).toEqual(
      ["AUTH_SECRET", "AUTH_URL", "DATABASE_URL", "LOGIN_ID", "PORT"].sort(),
    );
  });

  it("make one readable error", () => {
    const { message } = new ConfigError(problemsOf({ ...production, PORT: "x", SESSION_IDLE_MINS: "0" }));
    expect(message).toMatch(/PORT must be a whole number\n\s+for example\s+PORT=3000/);
    expect(message).toMatch(/SESSION_IDLE_MINS must be at least 1\n\s+for example\s+SESSION_IDLE_MINS=/);
  });

  it.each(["x", "-1", "1.5", "1e3", "0x10", " 60", "9999999999", "NaN"])("name %j, which is no number", (value) => {
    expect(namesOf({ SESSION_IDLE_MINS: value, LOGIN_ATTEMPT_LIMIT: value })).toEqual([
      "SESSION_IDLE_MINS",
      "LOGIN_ATTEMPT_LIMIT",
    ]);
  });

  it.each(["1", "yes", "TRUE", "on", " true"])("name %j, which is neither true nor false", (value) => {
    expect(namesOf({ MIGRATE_ON_START: value, EMAIL_ENABLED: value })).toEqual(["MIGRATE_ON_START", "EMAIL_ENABLED"]);
  });

  it.each(["{", "[1]", "{}", '"corp"', "[{}]", "null"])("name %s, which is no list of OIDC profiles", (value) => {
    expect(new Set(namesOf({ OIDC_PROFILES: value }))).toEqual(new Set(["OIDC_PROFILES"]));
  });

  it.each(["{", "[1]", '{"cn=staff": "Staff"}', "null"])("name %s, which maps no groups", (value) => {
    expect(new Set(namesOf({ LDAP_GROUP_MAP: value }))).toEqual(new Set(["LDAP_GROUP_MAP"]));
  });

  it.each([
    "password",
    "ldap",
    "redirect",
    "signin",
    "signout",
    "session",
    "csrf",
    "providers",
    "error",
    "Corp",
    "a/b",
  ])("name an OIDC profile called %s", (name) => {
    expect(namesOf({ OIDC_PROFILES: JSON.stringify([profile(name)]) })).toEqual(["OIDC_PROFILES"]);
  });

  it("name two OIDC profiles that share a name", () => {
    const [problem] = problemsOf({ OIDC_PROFILES: JSON.stringify([profile("corp"), profile("corp")]) });
    expect(problem).toMatchObject({ name: "OIDC_PROFILES", problem: expect.stringContaining("share a name") });
    expect(problemsOf({ OIDC_PROFILES: JSON.stringify([profile("corp"), profile("partner")]) })).toEqual([]);
  });

  it("name a setting that an OIDC profile does not have", () => {
    expect(namesOf({ OIDC_PROFILES: JSON.stringify([profile("corp", { domain: "acme.test" })]) })).toEqual([
      "OIDC_PROFILES",
    ]);
  });
});

describe("LDAP_SEARCH_FILTER", () => {
  it.each([
    "(uid={})",
    "(|(uid={})(mail={}@example.com))",
    "(&(memberOf:1.2.840.113556.1.4.1941:=cn=staff,dc=x)(sAMAccountName={}))",
    "(&(objectClass=person)(!(status=gone))(mail;lang-de={}))",
  ])("may be %s", (filter) => {
    expect(namesOf({ LDAP_SEARCH_FILTER: filter })).toEqual([]);
  });

  it.each(["(uid~={})", "(uid>={})", "(uid:caseExactMatch:={})", "(|(uid={})(cn~={}))", "uid={}", "({}=ann)"])(
    "is not %s, which may find somebody else",
    (filter) => {
      expect(namesOf({ LDAP_SEARCH_FILTER: filter })).toEqual(["LDAP_SEARCH_FILTER"]);
    },
  );
});

describe("what one choice asks of another", () => {
  it.each([
    [{ LOGIN_AUTHENTICATOR: "redirect" }, ["REDIRECT_LOGIN_TARGET"]],
    [{ LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "/login/corp" }, []],
    [{ LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "//evil.test" }, ["REDIRECT_LOGIN_TARGET"]],
    [{ LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "/login?x" }, ["REDIRECT_LOGIN_TARGET"]],
    [{ LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "https://evil.test" }, ["REDIRECT_LOGIN_TARGET"]],
    [{ LOGIN_AUTHENTICATOR: "ldap" }, ["LDAP_SERVER_URL", "LDAP_DN_FORMAT"]],
    [{ LOGIN_AUTHENTICATOR: "ldap", LDAP_SERVER_URL: "ldaps://a.test", LDAP_DN_FORMAT: "uid={},dc=acme" }, []],
    [{ LOGIN_AUTHENTICATOR: "ldap", LDAP_SERVER_URL: "ldaps://a.test", LDAP_SEARCH_BASE: "dc=acme" }, []],
    [{ LOGIN_AUTHENTICATOR: "ldap", LDAP_TEST_MODE: "true" }, []],
    [{ MAIL_TRANSPORT: "smtp" }, ["SMTP_URL"]],
    [{ MAIL_TRANSPORT: "resend" }, ["RESEND_API_KEY"]],
    [{ MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://localhost:25" }, []],
  ] satisfies [Source, string[]][])("%j misses %j", (source, names) => {
    expect(namesOf(source)).toEqual(names);
  });
});

describe("config()", () => {
  it("is read anew after the address of the database was set, and an empty one is none", () => {
    setDatabaseUrl("postgres://localhost/somewhere");
    expect(config().DATABASE_URL).toBe("postgres://localhost/somewhere");
    setDatabaseUrl("");
    expect(config().DATABASE_URL).toBeUndefined();
  });
});
