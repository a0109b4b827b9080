import { ilike, or } from "drizzle-orm";
import type { Entity } from "@/lib/crud/entity";
import { likePattern } from "@/lib/crud/list-sql";
import { type AuditChanges, auditEvents as table } from "@/lib/db/schema/events";
import { entityNames } from "@/lib/entity-names";
import { access } from "./access";
import { visibleChanges } from "./visible";

/** What an audit row can tell of; a cloner's own verbs add theirs here, with a message each. */
const actions = [
  "create",
  "update",
  "delete",
  "set-password",
  "sign-in",
  "sign-out",
  "end-session",
  "unlock",
  "connect",
  "disconnect",
  "create-token",
  "revoke-token",
  "end-access",
  "purge",
  "sync",
] as const;

export const auditEntity: Entity = {
  name: "audit",
  table,
  access,
  readsReplica: true,
  isId: (text) => /^\d{1,18}$/.test(text),
  label: "entityLabel",
  order: { column: table.id },
  defaultSort: [{ field: "createdAt", descending: true }],
  search: (text) => or(ilike(table.entityLabel, likePattern(text)), ilike(table.actorLabel, likePattern(text))),
  fields: {
    createdAt: { kind: "dateTime", column: table.createdAt, list: "shown", sortable: true, filter: "dateRange" },
    actorLabel: { kind: "text", column: table.actorLabel, list: "shown", filter: "text" },
    action: { kind: "choice", column: table.action, choices: actions, list: "shown", filter: "choice" },
    entity: { kind: "choice", column: table.entity, choices: entityNames, list: "shown", filter: "choice" },
    entityLabel: { kind: "text", column: table.entityLabel, list: "shown", filter: "text" },
    changes: { kind: "changes", column: table.changes, list: "shown" },
    ip: { kind: "code", column: table.ip, list: "shown", filter: "text" },
    requestId: { kind: "code", column: table.requestId, list: "offered", filter: "text" },
    entityId: { kind: "code", column: table.entityId },
    actorId: { kind: "code", column: table.actorId },
    actorKind: { kind: "code", column: table.actorKind },
  },
  present: (ctx, row) => ({ ...row, changes: visibleChanges(ctx, row.changes as AuditChanges) }),
};
