import { describe, expect, it } from "vitest";
import { type Config, ConfigError, parseEnv } from "./env";

/** Every variable of the product's description, with a value that is not the default. */
const documented: Record<string, string> = {
  DATABASE_URL: "postgresql://db.internal/gatehouse",
  DATABASE_POOLER: "transaction",
  DATABASE_REPLICA_URL: "postgresql://replica.internal/gatehouse",
  MIGRATE_ON_START: "false",
  PORT: "4000",
  LISTEN_ADDRESS: "127.0.0.1",
  AUTH_SECRET: "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0hB",
  AUTH_URL: "https://gatehouse.acme.test",
  TRUSTED_PROXIES: "2",
  LOGIN_ID: "username",
  LOGIN_AUTHENTICATOR: "redirect",
  REDIRECT_LOGIN_TARGET: "/login/corp",
  LDAP_SERVER_URL: "ldap://one.test,ldaps://two.test",
  LDAP_DN_FORMAT: "uid={},dc=acme",
  LDAP_BIND_DN: "cn=reader",
  LDAP_BIND_PASSWORD: "secret",
  LDAP_SEARCH_BASE: "dc=acme",
  LDAP_SEARCH_FILTER: "(mail={})",
  LDAP_START_TLS: "true",
  LDAP_CA_FILE: "/etc/ca.pem",
  LDAP_TIMEOUT_MS: "100",
  LDAP_AUTO_CREATE: "false",
  LDAP_GROUP_MAP: '{"cn=staff":["Staff"]}',
  LDAP_TEST_MODE: "true",
  OIDC_PROFILES: '[{"name":"corp","client":{"issuer":"https://id.test","clientId":"a","clientSecret":"b"}}]',
  EMAIL_ENABLED: "false",
  MAIL_TRANSPORT: "smtp",
  RESEND_API_KEY: "re_1",
  RESEND_BASE_URL: "http://localhost:4010",
  SMTP_URL: "smtp://localhost:25",
  MAIL_FROM: "Acme <no-reply@acme.test>",
  EMAIL_SITE_NAME: "Acme",
  EMAIL_SITE_ABBR: "AC",
  TOKEN_EXPIRE_MINS: "1",
  ACCESS_TOKEN_EXPIRE_MINS: "2",
  SESSION_IDLE_MINS: "3",
  SESSION_MAX_HOURS: "4",
  PASSWORD_MIN_LENGTH: "16",
  ATTEMPT_LIMIT_ENABLED: "false",
  ATTEMPT_LIMIT: "5",
  ATTEMPT_TIMESPAN: "6",
  ATTEMPT_LOCKOUT: "7",
  ATTEMPT_IP_LIMIT: "0",
  LOGIN_ATTEMPT_LIMIT: "8",
  LOGIN_ATTEMPT_TIMESPAN: "9",
  LOGIN_ATTEMPT_LOCKOUT: "10",
  LOGIN_ATTEMPT_IP_LIMIT: "11",
  FORGOT_ATTEMPT_LIMIT: "12",
  FORGOT_ATTEMPT_TIMESPAN: "13",
  FORGOT_ATTEMPT_LOCKOUT: "14",
  FORGOT_ATTEMPT_IP_LIMIT: "15",
  RESET_ATTEMPT_LIMIT: "16",
  RESET_ATTEMPT_TIMESPAN: "17",
  RESET_ATTEMPT_LOCKOUT: "18",
  RESET_ATTEMPT_IP_LIMIT: "19",
  HTTP_METHODS_EXCLUDED: "options, trace",
  LOGOUT_CLEAR_SESSION: "false",
  LOG_LEVEL: "warn",
  OTEL_SERVICE_NAME: "gatehouse-staging",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.internal:4318",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector.internal:4318/v1/traces",
  CLI_USER_ARGS: "loginId,locale",
  SEED_SUPERUSER: "root@acme.test",
  SEED_SUPERUSER_PASSWORD: "a long enough password",
};

function configOf(source: Record<string, string | undefined>): Config {
  const result = parseEnv(source);
  if ("problems" in result) throw new ConfigError(result.problems);
  return result.config;
}

const readFrom = (of: Config, name: string): unknown => of[name as keyof Config];

/** What a variable is read as, where that is not simply the text, the number or the truth value. */
const readAs: Record<string, unknown> = {
  AUTH_SECRET: [documented.AUTH_SECRET],
  LDAP_SERVER_URL: ["ldap://one.test", "ldaps://two.test"],
  LDAP_GROUP_MAP: { "cn=staff": ["Staff"] },
  OIDC_PROFILES: [
    {
      name: "corp",
      domainFilter: [],
      idField: "email",
      autoCreate: false,
      tellsAuthTime: true,
      groupMap: {},
      logoutAtProvider: false,
      client: { issuer: "https://id.test", clientId: "a", clientSecret: "b", scope: "openid email profile" },
    },
  ],
  HTTP_METHODS_EXCLUDED: ["OPTIONS", "TRACE"],
  CLI_USER_ARGS: ["loginId", "locale"],
};

const plainly = (text: string) =>
  /^\d+$/.test(text) ? Number(text) : text === "true" ? true : text === "false" ? false : text;

describe("every documented variable", () => {
  const all = configOf(documented);

  it.each(Object.keys(documented).filter((name) => name !== "EMAIL_ENABLED"))("%s is read", (name) => {
    expect(readFrom(all, name)).toEqual(readAs[name] ?? plainly(documented[name] ?? ""));
  });

  it("EMAIL_ENABLED is read", () => {
    expect(configOf({ EMAIL_ENABLED: "true" }).mailEnabled).toBe(true);
    expect(configOf({ EMAIL_ENABLED: "false" }).mailEnabled).toBe(false);
  });

  it("counts as absent when it is empty", () => {
    const empty = Object.fromEntries(Object.keys(documented).map((name) => [name, ""]));
    expect(configOf({ ...empty, NODE_ENV: "" })).toEqual(configOf({}));
  });
});

describe("defaults", () => {
  it("are those of the product's description", () => {
    expect(configOf({})).toEqual({
      NODE_ENV: "development",
      isProduction: false,
      isHttps: false,
      AUTH_URL: "http://localhost:3000",
      AUTH_SECRET: [],
      DATABASE_POOLER: "none",
      MIGRATE_ON_START: true,
      PORT: 3000,
      TRUSTED_PROXIES: 0,
      LOGIN_ID: "email",
      LOGIN_AUTHENTICATOR: "password",
      LDAP_SERVER_URL: [],
      LDAP_SEARCH_FILTER: "(uid={})",
      LDAP_START_TLS: false,
      LDAP_TIMEOUT_MS: 5000,
      LDAP_AUTO_CREATE: true,
      LDAP_GROUP_MAP: {},
      LDAP_TEST_MODE: false,
      OIDC_PROFILES: [],
      mailEnabled: true,
      MAIL_TRANSPORT: "outbox",
      MAIL_FROM: expect.any(String),
      EMAIL_SITE_NAME: expect.any(String),
      EMAIL_SITE_ABBR: expect.any(String),
      TOKEN_EXPIRE_MINS: 240,
      ACCESS_TOKEN_EXPIRE_MINS: 15,
      SESSION_IDLE_MINS: 120,
      SESSION_MAX_HOURS: 24,
      PASSWORD_MIN_LENGTH: 12,
      ATTEMPT_LIMIT_ENABLED: true,
      ATTEMPT_LIMIT: 15,
      ATTEMPT_TIMESPAN: 600,
      ATTEMPT_LOCKOUT: 3600,
      ATTEMPT_IP_LIMIT: 100,
      HTTP_METHODS_EXCLUDED: [],
      LOGOUT_CLEAR_SESSION: true,
      LOG_LEVEL: "info",
      OTEL_SERVICE_NAME: "gatehouse",
      CLI_USER_ARGS: ["loginId"],
    });
  });

  it("point at the port that is listened on", () => {
    expect(configOf({ PORT: "4123" }).AUTH_URL).toBe("http://localhost:4123");
  });
});

describe("mail", () => {
  it.each([
    [{}, true],
    [{ EMAIL_ENABLED: "false" }, false],
    [{ LOGIN_ID: "username" }, false],
    [{ LOGIN_ID: "username", EMAIL_ENABLED: "true" }, false],
  ])("with %j is on: %s", (source, expected) => {
    expect(configOf(source).mailEnabled).toBe(expected);
  });

  const smtp = { SMTP_URL: "smtp://mail.test" };
  const resend = { RESEND_API_KEY: "re_1" };
  const production = {
    NODE_ENV: "production",
    DATABASE_URL: documented.DATABASE_URL,
    AUTH_SECRET: documented.AUTH_SECRET,
    AUTH_URL: documented.AUTH_URL,
  };
  it.each([
    [{}, "outbox"],
    [smtp, "smtp"],
    [resend, "resend"],
    [{ ...smtp, ...resend }, "smtp"],
    [{ ...smtp, ...resend, MAIL_TRANSPORT: "resend" }, "resend"],
    [{ ...smtp, MAIL_TRANSPORT: "outbox" }, "outbox"],
    [{ ...production }, undefined],
    [{ ...production, ...smtp }, "smtp"],
    [{ ...production, ...resend }, "resend"],
  ])("with %j leaves by %s", (source, expected) => {
    expect(configOf(source).MAIL_TRANSPORT).toBe(expected);
  });

  it.each([
    "no-reply@acme.test",
    "no-reply@localhost",
    "Acme <no-reply@acme.test>",
    "Acme Inc. & Söhne <no-reply@acme.test>",
    '"Acme, Inc." <no-reply@acme.test>',
  ])("may come from %s", (sender) => {
    expect(configOf({ MAIL_FROM: sender }).MAIL_FROM).toBe(sender);
  });

  it.each([
    "Acme",
    "acme.test",
    "a@acme.test,b@acme.test",
    "a@acme.test, b@acme.test",
    "a@acme.test b@acme.test",
    "Acme, Inc. <a@acme.test>",
    "Acme <a@acme.test>, b@acme.test",
    "Acme <a@acme.test> <b@acme.test>",
    "Acme <a@acme.test",
    "<a@acme.test>",
    "a@b@acme.test",
    "a@acme.test\nBcc: b@acme.test",
    "Acme\r\nBcc: b@acme.test <a@acme.test>",
    '"Acme" <b@acme.test>" <a@acme.test>',
    "Acme (b@acme.test) <a@acme.test>",
    "staff: a@acme.test;",
  ])("does not come from %j", (sender) => {
    const result = parseEnv({ MAIL_FROM: sender });
    expect("problems" in result && result.problems).toEqual([
      { name: "MAIL_FROM", problem: expect.stringMatching(/one address/), example: expect.stringContaining("<") },
    ]);
  });
});

describe("the example of each problem", () => {
  const wrong: Record<string, string> = {
    NODE_ENV: "staging",
    DATABASE_URL: "mysql://db/gatehouse",
    DATABASE_POOLER: "session",
    DATABASE_REPLICA_URL: "replica",
    AUTH_URL: "gatehouse",
    LOGIN_ID: "phone",
    LOGIN_AUTHENTICATOR: "Kerberos 5",
    REDIRECT_LOGIN_TARGET: "login",
    LDAP_SERVER_URL: "one.test",
    LDAP_DN_FORMAT: "uid=?",
    LDAP_SEARCH_FILTER: "(uid=?)",
    LDAP_START_TLS: "yes",
    LDAP_GROUP_MAP: "staff",
    OIDC_PROFILES: "corp",
    EMAIL_ENABLED: "yes",
    MAIL_TRANSPORT: "pigeon",
    RESEND_BASE_URL: "resend",
    SMTP_URL: "mail.test",
    MAIL_FROM: "Acme",
    PASSWORD_MIN_LENGTH: "4",
    ATTEMPT_LIMIT_ENABLED: "yes",
    LOGIN_ATTEMPT_LIMIT: "many",
    LOGOUT_CLEAR_SESSION: "yes",
    LOG_LEVEL: "loud",
    OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector",
  };

  it.each(Object.entries(wrong))("%s=%s would mend it", (name, value) => {
    const result = parseEnv({ [name]: value });
    const [problem] = "problems" in result ? result.problems : [];
    expect(problem?.name).toBe(name);
    const example = problem?.example.slice(name.length + 1);
    const mended = parseEnv({ [name]: example });
    expect("problems" in mended ? mended.problems.filter((left) => left.name === name) : []).toEqual([]);
  });
});
