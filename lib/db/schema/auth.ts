import { bigserial, boolean, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
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

/** Log of attempts, for people to read; decisions come from attempt_budgets. */
export const attempts = pgTable(
  "attempts",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    type: text("type", { enum: ["login", "forgot", "reset"] }).notNull(),
    loginIdCanonical: text("login_id_canonical"),
    ip: text("ip"),
    success: boolean("success").notNull().default(false),
    duringLockout: boolean("during_lockout").notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    index("attempts_login_id").on(t.loginIdCanonical, t.createdAt),
    index("attempts_ip").on(t.ip, t.createdAt),
    index("attempts_created_at").on(t.createdAt),
  ],
);

/** One row a budget: an account or an address, per type of attempt. */
export const attemptBudgets = pgTable(
  "attempt_budgets",
  {
    type: text("type", { enum: ["login", "forgot", "reset"] }).notNull(),
    scope: text("scope", { enum: ["account", "address"] }).notNull(),
    key: text("key").notNull(),
    count: integer("count").notNull().default(0),
    windowStartedAt: instant("window_started_at").notNull().defaultNow(),
    lastCountedAt: instant("last_counted_at").notNull().defaultNow(),
    lockedUntil: instant("locked_until"),
  },
  (t) => [primaryKey({ columns: [t.type, t.scope, t.key] }), index("attempt_budgets_locked").on(t.lockedUntil)],
);
