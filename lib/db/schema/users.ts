import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, instant, updatedAt } from "./columns";

export const users = pgTable(
  "users",
  {
    id: id(),
    /** As typed, for display only. */
    loginId: text("login_id").notNull(),
    /** The one form that is compared, everywhere: see lib/auth/login-id.ts. */
    loginIdCanonical: text("login_id_canonical").notNull().unique(),
    isEnabled: boolean("is_enabled").notNull().default(true),
    isVerified: boolean("is_verified").notNull().default(false),
    isSuperuser: boolean("is_superuser").notNull().default(false),
    /** From this moment on the user is not active (timed disable). */
    disabledAt: instant("disabled_at"),
    lastLoginAt: instant("last_login_at"),
    /**
     * PHC string, or until the first sign-in the hash of another system; null until a password is set, and for users of a
     * directory or an identity provider.
     */
    passwordHash: text("password_hash"),
    locale: text("locale"),
    /** Counts saves, for the refusal of stale forms. */
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("users_login_id_trgm").using("gin", sql`${t.loginIdCanonical} gin_trgm_ops`),
    // Each sort of the list ends with the login, so that deep pages are found in the index alone. A bare .desc() would be
    // written as "nulls last", which the order of a column without nulls does not match.
    index("users_enabled").on(t.isEnabled, t.loginIdCanonical),
    index("users_verified").on(t.isVerified, t.loginIdCanonical),
    // Also finds the few rows that the rule of the last active superuser looks at.
    index("users_superuser").on(t.isSuperuser, t.loginIdCanonical),
    index("users_created").on(t.createdAt, t.loginIdCanonical),
    index("users_last_login").on(t.lastLoginAt, t.loginIdCanonical),
    index("users_last_login_desc").on(t.lastLoginAt.desc().nullsLast(), t.loginIdCanonical.desc().nullsFirst()),
    index("users_disabled").on(t.disabledAt, t.loginIdCanonical),
    index("users_disabled_desc").on(t.disabledAt.desc().nullsLast(), t.loginIdCanonical.desc().nullsFirst()),
  ],
);
