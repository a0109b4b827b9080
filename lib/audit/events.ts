import type { Context } from "@/lib/context";
import { announce } from "@/lib/events/announce";
import type { AuditEntry } from "./record";

/**
 * What happens to users is told to subscribers from the audit trail, so that no way to change something can forget them.
 */

/** Tells subscribers of a row of the trail. */
export function announceAudited(ctx: Context, entry: AuditEntry): void {
  const { action, entity, entityId, entityLabel, changes = {}, by } = entry;
  const tell = { action, entity, entityId: entityId ?? null, entityLabel: entityLabel ?? null, changes };
  announce(ctx, "audited", tell, by);
  if (entity !== "users" || entityId === undefined) return;
  const user = { id: entityId, loginId: entityLabel ?? "" };
  if (action === "sign-in") announce(ctx, "signedIn", { user, provider: String(changes.provider?.to ?? "") }, by);
  else if (action === "sign-out") announce(ctx, "signedOut", { user }, by);
  else if (action === "create") announce(ctx, "userCreated", { user, changes }, by);
  else if (action === "update" || action === "sync") announce(ctx, "userChanged", { user, changes }, by);
  else if (action === "delete") announce(ctx, "userDeleted", { user, changes }, by);
  else if (action === "set-password") announce(ctx, "passwordChanged", { user }, by);
}
