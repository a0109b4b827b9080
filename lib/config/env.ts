import { z } from "zod";

/**
 * The only module that reads process.env. Everything is checked at start, and every problem is reported at once: name,
 * what is wrong, and an example.
 */

const switchOf = (byDefault: boolean) =>
  z
    .enum(["true", "false"], { error: "must be true or false" })
    .optional()
    .transform((value) => (value === undefined ? byDefault : value === "true"));

const wholeNumber = (byDefault: number, min = 1) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((n) => n >= min, `must be at least ${min}`)
    .optional()
    .transform((value) => value ?? byDefault);

const optionalNumber = z
  .string()
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number)
  .optional();

const list = z
  .string()
  .optional()
  .transform((value) =>
    (value ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

const json = <T extends z.ZodType>(inner: T, byDefault: string) =>
  z
    .string()
    .optional()
    .transform((value, ctx) => {
      try {
        return JSON.parse(value ?? byDefault) as unknown;
      } catch {
        ctx.addIssue({ code: "custom", message: "is not valid JSON" });
        return z.NEVER;
      }
    })
    .pipe(inner);

const groupMap = z.record(z.string(), z.array(z.string()));

/** Names that `/login/<name>` or Auth.js already use. */
const reservedProfileNames = [
  "password",
  "ldap",
  "redirect",
  "signin",
  "signout",
  "session",
  "csrf",
  "providers",
  "error",
];

const oidcProfile = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "name: lower-case letters, digits and hyphens only")
    .refine((name) => !reservedProfileNames.includes(name), "name is reserved"),
  label: z.string().optional(),
  domainFilter: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])),
  idField: z.string().default("email"),
  autoCreate: z.boolean().default(false),
  groupsClaim: z.string().optional(),
  groupMap: groupMap.default({}),
  client: z.strictObject({
    issuer: z.url(),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    scope: z.string().default("openid email profile"),
  }),
});

const ATTEMPT_TYPES = ["LOGIN", "FORGOT", "RESET"] as const;
const ATTEMPT_SETTINGS = ["LIMIT", "TIMESPAN", "LOCKOUT", "IP_LIMIT"] as const;
type AttemptOverride = `${(typeof ATTEMPT_TYPES)[number]}_ATTEMPT_${(typeof ATTEMPT_SETTINGS)[number]}`;
const attemptOverrides = Object.fromEntries(
  ATTEMPT_TYPES.flatMap((type) => ATTEMPT_SETTINGS.map((setting) => [`${type}_ATTEMPT_${setting}`, optionalNumber])),
) as Record<AttemptOverride, typeof optionalNumber>;

const variables = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
    .optional(),
  MIGRATE_ON_START: switchOf(true),
  PORT: wholeNumber(3000, 0),
  AUTH_SECRET: list,
  AUTH_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  TRUSTED_PROXIES: wholeNumber(0, 0),
  LOGIN_ID: z.enum(["email", "username"], { error: "must be email or username" }).default("email"),
  LOGIN_AUTHENTICATOR: z
    .enum(["password", "ldap", "redirect"], { error: "must be password, ldap or redirect" })
    .default("password"),
  REDIRECT_LOGIN_TARGET: z
    .string()
    .regex(/^\/(?![/\\])/, "must be a path that starts with one /")
    .optional(),
  LDAP_SERVER_URL: list.refine(
    (urls) => urls.every((url) => /^ldaps?:\/\/./.test(url)),
    "each address must start with ldap:// or ldaps://",
  ),
  LDAP_DN_FORMAT: z
    .string()
    .refine((format) => format.includes("{}"), "must contain {} where the login id goes")
    .optional(),
  LDAP_BIND_DN: z.string().optional(),
  LDAP_BIND_PASSWORD: z.string().optional(),
  LDAP_SEARCH_BASE: z.string().optional(),
  LDAP_SEARCH_FILTER: z
    .string()
    .refine((filter) => filter.includes("{}"), "must contain {} where the login id goes")
    .default("(uid={})"),
  LDAP_START_TLS: switchOf(false),
  LDAP_CA_FILE: z.string().optional(),
  LDAP_TIMEOUT_MS: wholeNumber(5000),
  LDAP_AUTO_CREATE: switchOf(true),
  LDAP_GROUP_MAP: json(groupMap, "{}"),
  LDAP_TEST_MODE: switchOf(false),
  OIDC_PROFILES: json(
    z
      .array(oidcProfile)
      .refine((profiles) => new Set(profiles.map((p) => p.name)).size === profiles.length, "two profiles share a name"),
    "[]",
  ),
  EMAIL_ENABLED: z.enum(["true", "false"], { error: "must be true or false" }).optional(),
  MAIL_TRANSPORT: z.enum(["resend", "smtp", "outbox"], { error: "must be resend, smtp or outbox" }).optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: z.url().optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "must start with smtp:// or smtps://")
    .optional(),
  MAIL_FROM: z.string().default("Gatehouse <no-reply@localhost>"),
  EMAIL_SITE_NAME: z.string().default("Gatehouse"),
  EMAIL_SITE_ABBR: z.string().default("Gatehouse"),
  TOKEN_EXPIRE_MINS: wholeNumber(240),
  ACCESS_TOKEN_EXPIRE_MINS: wholeNumber(15),
  SESSION_IDLE_MINS: wholeNumber(120),
  SESSION_MAX_HOURS: wholeNumber(24),
  PASSWORD_MIN_LENGTH: wholeNumber(12, 8),
  ATTEMPT_LIMIT_ENABLED: switchOf(true),
  ATTEMPT_LIMIT: wholeNumber(15),
  ATTEMPT_TIMESPAN: wholeNumber(600),
  ATTEMPT_LOCKOUT: wholeNumber(3600),
  ATTEMPT_IP_LIMIT: wholeNumber(100, 0),
  ...attemptOverrides,
  HTTP_METHODS_EXCLUDED: list.transform((methods) => methods.map((method) => method.toUpperCase())),
  LOGOUT_CLEAR_SESSION: switchOf(true),
  CLI_USER_ARGS: list.transform((names) => (names.length === 0 ? ["loginId"] : names)),
  SEED_SUPERUSER: z.string().optional(),
  SEED_SUPERUSER_PASSWORD: z.string().optional(),
});

type Variables = z.infer<typeof variables>;

export type Config = Omit<Variables, "AUTH_URL" | "EMAIL_ENABLED"> & {
  isProduction: boolean;
  /** Base of every generated link; no trailing slash. */
  AUTH_URL: string;
  /** Whether the app sends mail at all (never with user names as login ids). */
  mailEnabled: boolean;
};

export type ConfigProblem = { name: string; problem: string; example: string };

const examples: Record<string, string> = {
  DATABASE_URL: "postgres://gatehouse:password@localhost:5432/gatehouse",
  AUTH_SECRET: "the output of: openssl rand -base64 32",
  AUTH_URL: "https://gatehouse.example.com",
  PORT: "3000",
  TRUSTED_PROXIES: "1",
  LOGIN_ID: "email",
  LOGIN_AUTHENTICATOR: "password",
  REDIRECT_LOGIN_TARGET: "/login/corp",
  LDAP_SERVER_URL: "ldaps://ldap1.example.org,ldaps://ldap2.example.org",
  LDAP_DN_FORMAT: "uid={},dc=example,dc=org",
  LDAP_SEARCH_FILTER: "(uid={})",
  LDAP_GROUP_MAP: '{"cn=staff,dc=example,dc=org":["Staff"]}',
  LDAP_TEST_MODE: "false",
  OIDC_PROFILES:
    '[{"name":"corp","client":{"issuer":"https://id.example.com","clientId":"gatehouse","clientSecret":"…"}}]',
  NODE_ENV: "production",
  MAIL_TRANSPORT: "smtp",
  RESEND_BASE_URL: "https://api.resend.com",
  RESEND_API_KEY: "re_123456789",
  SMTP_URL: "smtp://user:password@mail.example.com:587",
};

const exampleOf = (name: string): string => {
  const known = examples[name];
  if (known !== undefined) return known;
  return /ENABLED|START|CREATE|CLEAR|TLS/.test(name) ? "true" : "60";
};

const isLoopback = (url: string) => {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
};

const isHttpsOrLoopback = (url: string) => url.startsWith("https://") || isLoopback(url);

/** Marks a secret that `npm run dev` wrote into .env.local, which Next.js would read in production too. */
export const DEVELOPMENT_SECRET_PREFIX = "development-";

/** Length alone does not catch `aaaa…` and the placeholders that people forget to replace. */
const isWeakSecret = (secret: string) =>
  Buffer.byteLength(secret) < 32 ||
  new Set(secret).size < 5 ||
  /change.?me|placeholder|your.?secret|openssl/i.test(secret);

function crossChecks(v: Variables): [name: string, problem: string][] {
  const problems: [string, string][] = [];
  const check = (ok: boolean, name: string, problem: string) => {
    if (!ok) problems.push([name, problem]);
  };
  if (v.LOGIN_AUTHENTICATOR === "ldap" && !v.LDAP_TEST_MODE) {
    check(v.LDAP_SERVER_URL.length > 0, "LDAP_SERVER_URL", "is required with LOGIN_AUTHENTICATOR=ldap");
    check(
      Boolean(v.LDAP_DN_FORMAT ?? v.LDAP_SEARCH_BASE),
      "LDAP_DN_FORMAT",
      "this or LDAP_SEARCH_BASE is required with LOGIN_AUTHENTICATOR=ldap",
    );
  }
  if (v.LOGIN_AUTHENTICATOR === "redirect") {
    check(Boolean(v.REDIRECT_LOGIN_TARGET), "REDIRECT_LOGIN_TARGET", "is required with LOGIN_AUTHENTICATOR=redirect");
  }
  if (v.MAIL_TRANSPORT === "resend") check(Boolean(v.RESEND_API_KEY), "RESEND_API_KEY", "is required with resend");
  if (v.MAIL_TRANSPORT === "smtp") check(Boolean(v.SMTP_URL), "SMTP_URL", "is required with MAIL_TRANSPORT=smtp");
  if (v.NODE_ENV !== "production") return problems;

  check(Boolean(v.DATABASE_URL), "DATABASE_URL", "is required in production");
  check(v.AUTH_SECRET.length > 0, "AUTH_SECRET", "is required in production");
  check(
    !v.AUTH_SECRET.some((secret) => secret.startsWith(DEVELOPMENT_SECRET_PREFIX)),
    "AUTH_SECRET",
    "was generated for development (in .env.local): production needs a secret of its own",
  );
  check(
    !v.AUTH_SECRET.some(isWeakSecret),
    "AUTH_SECRET",
    "is too weak: each secret needs at least 32 bytes of random text",
  );
  check(Boolean(v.AUTH_URL), "AUTH_URL", "is required in production: the address that people type");
  if (v.AUTH_URL) check(isHttpsOrLoopback(v.AUTH_URL), "AUTH_URL", "must be https (http only on a loopback host)");
  check(!v.LDAP_TEST_MODE, "LDAP_TEST_MODE", "accepts every password and is refused in production");
  check(v.MAIL_TRANSPORT !== "outbox", "MAIL_TRANSPORT", "outbox is for development; use smtp or resend");
  for (const { name, client } of v.OIDC_PROFILES) {
    check(isHttpsOrLoopback(client.issuer), "OIDC_PROFILES", `${name}: the issuer must be https`);
  }
  return problems;
}

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
  return {
    config: {
      ...rest,
      MAIL_TRANSPORT: rest.MAIL_TRANSPORT ?? (rest.NODE_ENV === "production" ? undefined : "outbox"),
      isProduction: rest.NODE_ENV === "production",
      AUTH_URL: new URL(AUTH_URL ?? `http://localhost:${rest.PORT}`).origin,
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
