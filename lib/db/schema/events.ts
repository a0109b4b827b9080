import { sql } from "drizzle-orm";
import { bigserial, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, instant } from "./columns";
import { users } from "./users";

/** What changed, field by field: old and new value, with names instead of ids. */
export type AuditChanges = Record<string, { from: unknown; to: unknown }>;

/** Append-only. Rows outlive the actor and the record, so there are no foreign keys. */
export const auditEvents = pgTable(
  "audit_events",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    createdAt: createdAt(),
    actorKind: text("actor_kind", { enum: ["user", "cli", "system"] }).notNull(),
    actorId: uuid("actor_id"),
    actorLabel: text("actor_label").notNull(),
    ip: text("ip"),
    requestId: text("request_id"),
    action: text("action").notNull(),
    entity: text("entity").notNull(),
    entityId: uuid("entity_id"),
    entityLabel: text("entity_label"),
    changes: jsonb("changes").$type<AuditChanges>().notNull().default({}),
  },
  (t) => [
    index("audit_events_created_at").on(t.createdAt, t.id),
    index("audit_events_action").on(t.action, t.createdAt, t.id),
    index("audit_events_entity_kind").on(t.entity, t.createdAt, t.id),
    // The history of one record.
    index("audit_events_entity").on(t.entity, t.entityId, t.createdAt),
    index("audit_events_actor_label_trgm").using("gin", sql`${t.actorLabel} gin_trgm_ops`),
    index("audit_events_entity_label_trgm").using("gin", sql`${t.entityLabel} gin_trgm_ops`),
  ],
);

/** The mails that the app knows how to write; each is a template in lib/mail/templates. */
export const MAIL_KINDS = [
  "reset-password",
  "verify-account",
  "confirm-login",
  "login-changed",
  "password-changed",
  "account-locked",
] as const;

/**
 * Mails wait here until a transport has taken them. A row says what is to be told to whom, and no more: the text is
 * written, and the link signed, only when the mail is about to leave, so that no link that opens an account lies here.
 */
export const mailOutbox = pgTable(
  "mail_outbox",
  {
    id: id(),
    kind: text("kind", { enum: MAIL_KINDS }).notNull(),
    /** Null until the one to whom `loginId` belongs is looked up. */
    userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
    /** What was typed to sign in or for a forgotten password, in its canonical form; nobody may have it. */
    loginId: text("login_id"),
    /** Where it goes, where that is not the stored address of the user at the time of sending. */
    recipient: text("recipient"),
    /** The language of whoever asked for it, for users who have chosen none. */
    locale: text("locale"),
    createdAt: createdAt(),
    /** Until then nobody else takes it: the wait after a failure, or the time that a delivery may last. */
    nextTryAt: instant("next_try_at").notNull().defaultNow(),
    tries: integer("tries").notNull().default(0),
    lastError: text("last_error"),
    sentAt: instant("sent_at"),
    /** Given up: refused for good, or too old. */
    failedAt: instant("failed_at"),
  },
  (t) => [
    index("mail_outbox_due").on(t.nextTryAt).where(sql`${t.sentAt} is null and ${t.failedAt} is null`),
    // Whether a user was sent the same a moment ago.
    index("mail_outbox_user").on(t.userId, t.kind, t.createdAt),
    index("mail_outbox_created_at").on(t.createdAt),
  ],
);
