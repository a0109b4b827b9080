import type { z } from "zod";
import { crossChecks } from "./checks";
import { type Variables, variables } from "./variables";

/**
 * The only module that reads process.env. Everything is checked at start, and every problem is reported at once: name,
 * what is wrong, and an example.
 */

export type Config = Omit<Variables, "AUTH_URL" | "EMAIL_ENABLED"> & {
  isProduction: boolean;
  /** Base of every generated link; no trailing slash. */
  AUTH_URL: string;
  /** Whether people come by https, so that cookies are Secure. */
  isHttps: boolean;
  /** How mails leave. Undefined only in production, where they then wait. */
  MAIL_TRANSPORT: Variables["MAIL_TRANSPORT"];
  /** Whether the app sends mail at all (never with user names as login ids). */
  mailEnabled: boolean;
};

export type ConfigProblem = { name: string; problem: string; example: string };

const examples: Record<string, string> = {
  DATABASE_URL: "postgres://gatehouse:password@localhost:5432/gatehouse",
  DATABASE_POOLER: "transaction",
  DATABASE_REPLICA_URL: "postgres://gatehouse:password@replica.example.com:5432/gatehouse",
  AUTH_SECRET: "the output of: openssl rand -base64 32",
  AUTH_URL: "https://gatehouse.example.com",
  PORT: "3000",
  LOG_LEVEL: "info",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces",
  CLI_USER_ARGS: "loginId",
  TRUSTED_PROXIES: "1",
  LOGIN_ID: "email",
  LOGIN_AUTHENTICATOR: "password",
  REDIRECT_LOGIN_TARGET: "/login/corp",
  LISTEN_ADDRESS: "127.0.0.1",
  LDAP_SERVER_URL: "ldaps://ldap1.example.org,ldaps://ldap2.example.org",
  LDAP_DN_FORMAT: "uid={},dc=example,dc=org",
  LDAP_SEARCH_BASE: "ou=people,dc=example,dc=org",
  LDAP_SEARCH_FILTER: "(uid={})",
  LDAP_BIND_PASSWORD: "the password of the account in LDAP_BIND_DN",
  LDAP_GROUP_MAP: '{"cn=staff,dc=example,dc=org":["Staff"]}',
  LDAP_TEST_MODE: "false",
  OIDC_PROFILES:
    '[{"name":"corp","client":{"issuer":"https://id.example.com","clientId":"gatehouse","clientSecret":"…"}}]',
  NODE_ENV: "production",
  MAIL_TRANSPORT: "smtp",
  RESEND_BASE_URL: "https://api.resend.com",
  RESEND_API_KEY: "re_123456789",
  SMTP_URL: "smtp://user:password@mail.example.com:587",
  MAIL_FROM: "Gatehouse <no-reply@example.com>",
};

const exampleOf = (name: string): string => {
  const known = examples[name];
  if (known !== undefined) return known;
  return /ENABLED|START|CREATE|CLEAR|TLS/.test(name) ? "true" : "60";
};

/** What is malformed, and what the remaining variables lack: every problem is told at once. */
function malformed(issues: z.core.$ZodIssue[], present: Record<string, string | undefined>): [string, string][] {
  const problems = issues.map((issue): [string, string] => {
    const [name, ...inner] = issue.path.map(String);
    return [name ?? "", inner.length > 0 ? `${inner.join(".")}: ${issue.message}` : issue.message];
  });
  const names = new Set(problems.map(([name]) => name));
  const rest = variables.parse(Object.fromEntries(Object.entries(present).filter(([name]) => !names.has(name))));
  return [...problems, ...crossChecks(rest).filter(([name]) => !names.has(name))];
}

/** The transport that was asked for, or else the one that was set up. */
function mailTransport({ MAIL_TRANSPORT, SMTP_URL, RESEND_API_KEY, NODE_ENV }: Variables): Config["MAIL_TRANSPORT"] {
  if (MAIL_TRANSPORT) return MAIL_TRANSPORT;
  if (SMTP_URL) return "smtp";
  if (RESEND_API_KEY) return "resend";
  return NODE_ENV === "production" ? undefined : "outbox";
}

/**
 * Reads a set of variables. Empty values count as absent.
 * @returns the configuration, or every problem found in it.
 */
export function parseEnv(
  source: Record<string, string | undefined>,
): { config: Config } | { problems: ConfigProblem[] } {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = variables.safeParse(present);
  const found = parsed.success ? crossChecks(parsed.data) : malformed(parsed.error.issues, present);
  if (!parsed.success || found.length > 0) {
    return { problems: found.map(([name, problem]) => ({ name, problem, example: `${name}=${exampleOf(name)}` })) };
  }
  const { AUTH_URL, EMAIL_ENABLED, ...rest } = parsed.data;
  const { origin, protocol } = new URL(AUTH_URL ?? `http://localhost:${rest.PORT}`);
  return {
    config: {
      ...rest,
      MAIL_TRANSPORT: mailTransport(parsed.data),
      isProduction: rest.NODE_ENV === "production",
      AUTH_URL: origin,
      isHttps: protocol === "https:",
      mailEnabled: rest.LOGIN_ID === "email" && EMAIL_ENABLED !== "false",
    },
  };
}

/** Every problem of the configuration, one line each. */
export class ConfigError extends Error {
  constructor(readonly problems: ConfigProblem[]) {
    super(
      [
        "The configuration has problems:",
        ...problems.map(({ name, problem, example }) => `  ${name} ${problem}\n      for example  ${example}`),
      ].join("\n"),
    );
    this.name = "ConfigError";
  }
}

let cached: Config | undefined;

/**
 * The configuration of this process, read once at first use (so that a build needs no environment).
 * @throws ConfigError with all problems
 */
export function config(): Config {
  if (cached) return cached;
  const result = parseEnv(process.env);
  if ("problems" in result) throw new ConfigError(result.problems);
  cached = result.config;
  return cached;
}

/** Makes a database found at run time (the embedded one) the one of this process. */
export function setDatabaseUrl(url: string): void {
  process.env.DATABASE_URL = url;
  cached = undefined;
}
