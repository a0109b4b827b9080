import { z } from "zod";

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

const inRange = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .refine((n) => n >= min, `must be at least ${min}`)
    .refine((n) => n <= max, `must be at most ${max}`)
    .optional();

const YEAR_SECONDS = 31_536_000;

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

/** Whether each {} of an LDAP filter stands in a plain (attribute=value). */
const comparesByEquality = (filter: string) => !filter.replace(/\([a-z][a-z0-9;.-]*=[^()]*\)/gi, "").includes("{}");

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
  /** Whether it says when people have signed in there (`auth_time`), where it is asked to have them sign in again. */
  tellsAuthTime: z.boolean().default(true),
  /** Whether logging out here asks the provider to end its session too (OpenID Connect RP-Initiated Logout). */
  logoutAtProvider: z.boolean().default(false),
  client: z.strictObject({
    issuer: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    scope: z.string().default("openid email profile"),
  }),
});

// Nothing that mail libraries could take for a list or a comment, each in its own way.
const PLAIN = String.raw`[^\p{C}@<>,;:"()\[\]\\]+`;
const QUOTED = String.raw`"[^\p{C}"\\]+"`;
const ADDRESS = String.raw`(?!\S*\s)${PLAIN}@${PLAIN}`;
const SENDER = new RegExp(`^(?:${ADDRESS}|(?:${PLAIN}|${QUOTED}) <${ADDRESS}>)$`, "u");

const ATTEMPT_TYPES = ["LOGIN", "FORGOT", "RESET"] as const;
/** A budget remembers the time of every attempt that counts, hence the bound. */
const MOST_ATTEMPTS = 10_000;
const attemptSettings = {
  LIMIT: inRange(1, MOST_ATTEMPTS),
  TIMESPAN: inRange(1, YEAR_SECONDS),
  LOCKOUT: inRange(1, YEAR_SECONDS),
  IP_LIMIT: inRange(0, MOST_ATTEMPTS),
};
type AttemptSetting = keyof typeof attemptSettings;
type AttemptOverride = `${(typeof ATTEMPT_TYPES)[number]}_ATTEMPT_${AttemptSetting}`;
const attemptOverrides = Object.fromEntries(
  ATTEMPT_TYPES.flatMap((type) =>
    Object.entries(attemptSettings).map(([setting, schema]) => [`${type}_ATTEMPT_${setting}`, schema]),
  ),
) as Record<AttemptOverride, ReturnType<typeof inRange>>;
const attemptSetting = (setting: AttemptSetting, byDefault: number) =>
  attemptSettings[setting].transform((value) => value ?? byDefault);

/** Whoever let these pass would open every page; a single guard may do so (docs/guards.md). */
const GUARDED_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const GUARDED_METHODS_TOLD = "must not name methods that read or change something, such as GET or POST; OPTIONS is one";

/** From all to nothing. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where traces go by OTLP over HTTP; the exporter reads its other variables (headers, time limit) by itself. */
const collector = z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional();

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
  .optional();

/** Every variable that the app knows, with its default. */
export const variables = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  DATABASE_URL: postgresUrl,
  DATABASE_POOLER: z.enum(["none", "transaction"], { error: "must be none or transaction" }).default("none"),
  DATABASE_REPLICA_URL: postgresUrl,
  MIGRATE_ON_START: switchOf(true),
  PORT: wholeNumber(3000, 0),
  // scripts/bundle/start.mjs reads it, before anything of the app is there.
  LISTEN_ADDRESS: z.union([z.ipv4(), z.ipv6()], { error: "must be an IP address" }).optional(),
  AUTH_SECRET: list,
  AUTH_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  TRUSTED_PROXIES: wholeNumber(0, 0),
  LOGIN_ID: z.enum(["email", "username"], { error: "must be email or username" }).default("email"),
  // Which there are is for lib/auth/authenticators/registry.ts to say, to which authenticators are added.
  LOGIN_AUTHENTICATOR: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, "must be password, ldap or redirect")
    .default("password"),
  REDIRECT_LOGIN_TARGET: z
    .string()
    .regex(/^\/(?![/\\])/, "must be a path that starts with one /")
    .optional(),
  LDAP_SERVER_URL: list.refine(
    (urls) => urls.every((url) => /^ldaps?:\/\/./.test(url) && URL.canParse(url)),
    "each address must be ldap:// or ldaps:// and a host, with a port if need be",
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
    .refine(
      comparesByEquality,
      "must compare the login id by =, as in (uid={}): what is only like it may be somebody else's",
    )
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
  MAIL_FROM: z
    .string()
    .regex(SENDER, "must be one address, or a name and one address in angle brackets")
    .default("Gatehouse <no-reply@localhost>"),
  EMAIL_SITE_NAME: z.string().default("Gatehouse"),
  EMAIL_SITE_ABBR: z.string().default("Gatehouse"),
  TOKEN_EXPIRE_MINS: wholeNumber(240),
  ACCESS_TOKEN_EXPIRE_MINS: wholeNumber(15),
  SESSION_IDLE_MINS: wholeNumber(120),
  SESSION_MAX_HOURS: wholeNumber(24),
  PASSWORD_MIN_LENGTH: wholeNumber(12, 8),
  ATTEMPT_LIMIT_ENABLED: switchOf(true),
  ATTEMPT_LIMIT: attemptSetting("LIMIT", 15),
  ATTEMPT_TIMESPAN: attemptSetting("TIMESPAN", 600),
  ATTEMPT_LOCKOUT: attemptSetting("LOCKOUT", 3600),
  ATTEMPT_IP_LIMIT: attemptSetting("IP_LIMIT", 100),
  ...attemptOverrides,
  HTTP_METHODS_EXCLUDED: list
    .transform((methods) => methods.map((method) => method.toUpperCase()))
    .refine((methods) => !methods.some((method) => GUARDED_METHODS.includes(method)), GUARDED_METHODS_TOLD),
  LOGOUT_CLEAR_SESSION: switchOf(true),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: "must be debug, info, warn, error or silent" }).default("info"),
  OTEL_SERVICE_NAME: z.string().default("gatehouse"),
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
  CLI_USER_ARGS: list.transform((names) => (names.length === 0 ? ["loginId"] : names)),
  SEED_SUPERUSER: z.string().optional(),
  SEED_SUPERUSER_PASSWORD: z.string().optional(),
});

export type Variables = z.infer<typeof variables>;

/** One OpenID Connect provider to sign in at. */
export type OidcProfile = Variables["OIDC_PROFILES"][number];
