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
    /** PHC string; null until a password is set, and for users of a directory or an identity provider. */
    passwordHash: text("password_hash"),
    locale: text("locale"),
    /** Counts saves, for the refusal of stale forms. */
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("users_login_id_trgm").using("gin", sql`${t.loginIdCanonical} gin_trgm_ops`),
    index("users_last_login_at").on(t.lastLoginAt, t.id),
    index("users_disabled_at").on(t.disabledAt, t.id),
    index("users_created_at").on(t.createdAt, t.id),
    // The rule of the last active superuser looks only at these few rows.
    index("users_superusers").on(t.id).where(sql`${t.isSuperuser}`),
  ],
);
