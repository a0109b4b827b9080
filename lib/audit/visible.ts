import { seesSuperusers } from "@/lib/auth/actor";
import type { Context } from "@/lib/context";
import type { AuditChanges } from "@/lib/db/schema/events";

/** What only superusers may know of users stays theirs in the audit trail too. */
const SUPERUSERS_ONLY = ["isSuperuser"];

/** The part of a change that the actor may see. */
export function visibleChanges(ctx: Context, changes: AuditChanges): AuditChanges {
  if (seesSuperusers(ctx)) return changes;
  return Object.fromEntries(Object.entries(changes).filter(([field]) => !SUPERUSERS_ONLY.includes(field)));
}
