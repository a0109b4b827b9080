import type { Context } from "@/lib/context";
import { type AuditChanges, auditEvents } from "@/lib/db/schema/events";

export type AuditEntry = {
  action: string;
  entity: string;
  entityId?: string;
  /** What a person calls the record, kept because the record may be gone when somebody reads this. */
  entityLabel?: string;
  /** Old and new values by field; names, not ids, and never a secret. */
  changes?: AuditChanges;
};

function describeActor({ actor }: Context) {
  return actor.kind === "user"
    ? { actorKind: actor.kind, actorId: actor.principal.userId, actorLabel: actor.principal.loginId }
    : { actorKind: actor.kind, actorId: null, actorLabel: actor.kind };
}

/** Writes one audit row; call it in the transaction of the change, so that neither exists without the other. */
export async function recordAudit(ctx: Context, entry: AuditEntry): Promise<void> {
  await ctx.db.insert(auditEvents).values({
    ...describeActor(ctx),
    ip: ctx.request.ip,
    requestId: ctx.request.requestId,
    action: entry.action,
    entity: entry.entity,
    entityId: entry.entityId ?? null,
    entityLabel: entry.entityLabel ?? null,
    changes: entry.changes ?? {},
  });
}

/** The fields that differ between two descriptions of a record; lists are compared without regard to order. */
export function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): AuditChanges {
  const plain = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : (value ?? null));
  const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
  return Object.fromEntries(
    Object.keys(after)
      .filter((field) => !same(before[field], after[field]))
      .map((field) => [field, { from: plain(before[field]), to: plain(after[field]) }]),
  );
}
