import { ilike, or } from "drizzle-orm";
import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Entity } from "@/lib/crud/entity";
import { contains, likePattern } from "@/lib/crud/list-sql";
import { ATTEMPT_TYPES, attempts as table } from "@/lib/db/schema/auth";
import { access } from "./access";

export const attemptEntity: Entity = {
  name: "attempts",
  table,
  access,
  readsReplica: true,
  isId: (text) => /^\d{1,18}$/.test(text),
  label: "loginId",
  order: { column: table.id },
  defaultSort: [{ field: "createdAt", descending: true }],
  search: (text) => or(contains(table.loginIdCanonical, canonicalLoginId(text)), ilike(table.ip, likePattern(text))),
  fields: {
    createdAt: { kind: "dateTime", column: table.createdAt, list: "shown", sortable: true, filter: "dateRange" },
    type: { kind: "choice", column: table.type, choices: ATTEMPT_TYPES, list: "shown", filter: "choice" },
    loginId: {
      kind: "text",
      column: table.loginIdCanonical,
      canonical: canonicalLoginId,
      list: "shown",
      filter: "text",
    },
    ip: { kind: "code", column: table.ip, list: "shown", filter: "text" },
    success: { kind: "boolean", column: table.success, list: "shown", filter: "boolean" },
    duringLockout: { kind: "boolean", column: table.duringLockout, list: "shown", filter: "boolean" },
  },
};
