import { sql } from "drizzle-orm";
import { bigserial, boolean, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, instant } from "./columns";
import { users } from "./users";

const userId = () =>
  uuid("user_id")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

/** The only authority on who is signed in: no row, no session. */
export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    userId: userId(),
    /** SHA-256 of the cookie, base64url; the cookie itself is stored nowhere. */
    tokenHash: text("token_hash").notNull().unique(),
    /** The way in: password, ldap or the name of an OIDC profile. */
    provider: text("provider").notNull(),
    createdAt: createdAt(),
    lastSeenAt: instant("last_seen_at").notNull().defaultNow(),
    /** Absolute end; the idle end is lastSeenAt + SESSION_IDLE_MINS. */
    expiresAt: instant("expires_at").notNull(),
    ip: text("ip"),
    userAgent: text("user_agent"),
  },
  (t) => [index("sessions_user").on(t.userId), index("sessions_expires_at").on(t.expiresAt)],
);

/** Access tokens that still count: a token without its row is worth nothing, whoever signed it. */
export const accessTokens = pgTable(
  "access_tokens",
  {
    /** The `jti` of the token, of which nothing else is stored. */
    id: id(),
    userId: userId(),
    /** What its owner calls it. */
    name: text("name"),
    createdAt: createdAt(),
    expiresAt: instant("expires_at").notNull(),
    lastUsedAt: instant("last_used_at"),
  },
  (t) => [index("access_tokens_user").on(t.userId), index("access_tokens_expires_at").on(t.expiresAt)],
);

/** Identities at OIDC providers: (issuer, subject) belongs to one user. */
export const accounts = pgTable(
  "accounts",
  {
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    userId: userId(),
    provider: text("provider").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.subject] }), index("accounts_user").on(t.userId)],
);

/** The kinds of attempts that are limited, each with limits of its own. */
export const ATTEMPT_TYPES = ["login", "forgot", "reset"] as const;

export const BUDGET_SCOPES = ["account", "address"] as const;

/** Log of attempts, for people to read; decisions come from attempt_budgets. */
export const attempts = pgTable(
  "attempts",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    type: text("type", { enum: ATTEMPT_TYPES }).notNull(),
    /** What was typed, in its canonical form; nobody may have it. Null where it was empty or too long for one. */
    loginIdCanonical: text("login_id_canonical"),
    ip: text("ip"),
    success: boolean("success").notNull().default(false),
    duringLockout: boolean("during_lockout").notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    index("attempts_created_at").on(t.createdAt, t.id),
    index("attempts_login_id").on(t.loginIdCanonical, t.createdAt),
    index("attempts_login_id_trgm").using("gin", sql`${t.loginIdCanonical} gin_trgm_ops`),
    index("attempts_ip_trgm").using("gin", sql`${t.ip} gin_trgm_ops`),
  ],
);

/** One row a budget: an account or an address, per type of attempt (docs/decisions/0010). */
export const attemptBudgets = pgTable(
  "attempt_budgets",
  {
    id: id(),
    type: text("type", { enum: ATTEMPT_TYPES }).notNull(),
    scope: text("scope", { enum: BUDGET_SCOPES }).notNull(),
    /** Canonical login id, existing or not; or an IPv4 address, or the /64 of an IPv6 address. */
    key: text("key").notNull(),
    /** When attempts were made that count, as far as they may still matter. */
    countedAt: instant("counted_at").array().notNull().default(sql`'{}'`),
    /** When attempts were made whose outcome is not known yet: each holds a slot. */
    undecidedAt: instant("undecided_at").array().notNull().default(sql`'{}'`),
    lockedUntil: instant("locked_until"),
    lastAttemptAt: instant("last_attempt_at").notNull().defaultNow(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("attempt_budgets_key").on(t.type, t.scope, t.key),
    index("attempt_budgets_locked").on(t.lockedUntil, t.id),
  ],
);
