import { sql } from "drizzle-orm";
import { bigserial, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, instant } from "./columns";

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

/** Mails wait here until a transport has taken them. */
export const mailOutbox = pgTable(
  "mail_outbox",
  {
    id: id(),
    recipient: text("recipient").notNull(),
    subject: text("subject").notNull(),
    html: text("html").notNull(),
    text: text("text").notNull(),
    createdAt: createdAt(),
    nextTryAt: instant("next_try_at").notNull().defaultNow(),
    tries: integer("tries").notNull().default(0),
    lastError: text("last_error"),
    sentAt: instant("sent_at"),
  },
  (t) => [index("mail_outbox_due").on(t.nextTryAt, t.sentAt)],
);
