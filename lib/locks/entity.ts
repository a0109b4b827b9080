import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Entity } from "@/lib/crud/entity";
import { contains } from "@/lib/crud/list-sql";
import { ATTEMPT_TYPES, BUDGET_SCOPES, attemptBudgets as table } from "@/lib/db/schema/auth";
import { access } from "./access";
import { isLocked, unlockIn } from "./service";

export const lockEntity: Entity = {
  name: "locks",
  table,
  access,
  where: isLocked,
  label: "key",
  order: { column: table.id },
  defaultSort: [{ field: "lockedUntil", descending: true }],
  search: (text) => contains(table.key, canonicalLoginId(text)),
  fields: {
    key: { kind: "text", column: table.key, canonical: canonicalLoginId, list: "shown", filter: "text" },
    scope: { kind: "choice", column: table.scope, choices: BUDGET_SCOPES, list: "shown", filter: "choice" },
    type: { kind: "choice", column: table.type, choices: ATTEMPT_TYPES, list: "shown", filter: "choice" },
    lockedUntil: { kind: "dateTime", column: table.lockedUntil, list: "shown", sortable: true, filter: "dateRange" },
    lastAttemptAt: { kind: "dateTime", column: table.lastAttemptAt, list: "shown" },
  },
  bulk: { unlock: { access: access.delete, run: unlockIn } },
  remove: unlockIn,
};
