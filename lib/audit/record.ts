import type { Actor, Context } from "@/lib/context";
import { type AuditChanges, auditEvents } from "@/lib/db/schema/events";

export type AuditEntry = {
  action: string;
  entity: string;
  entityId?: string;
  /** What a person calls the record, kept because the record may be gone when somebody reads this. */
  entityLabel?: string;
  /** Old and new values by field; names, not ids, and never a secret. */
  changes?: AuditChanges;
  /** Who did it, where that is somebody else than the context says: whoever signs in is nobody yet. */
  by?: { id: string; loginId: string };
};

/** Who the trail names: the person behind a session or a mailed link, or else what the app was asked by. */
function describeActor({ actor }: Context, by: AuditEntry["by"]) {
  const person = by ?? ownerOf(actor);
  if (person) return { actorKind: "user" as const, actorId: person.id, actorLabel: person.loginId };
  const kind = actor.kind === "cli" ? "cli" : "system";
  return { actorKind: kind, actorId: null, actorLabel: kind } as const;
}

function ownerOf(actor: Actor): AuditEntry["by"] {
  if (actor.kind === "link") return actor.owner;
  return actor.kind === "user" ? { id: actor.principal.userId, loginId: actor.principal.loginId } : undefined;
}

/** Rows of one insert; PostgreSQL takes at most 65,535 parameters. */
const INSERT_ROWS = 1_000;

/** Writes audit rows; call it in the transaction of the change, so that neither exists without the other. */
export async function recordAudits(ctx: Context, entries: readonly AuditEntry[]): Promise<void> {
  const { ip, requestId } = ctx.request;
  const rows = entries.map(({ action, entity, entityId, entityLabel, changes, by }) => ({
    ...describeActor(ctx, by),
    ip,
    requestId,
    action,
    entity,
    entityId: entityId ?? null,
    entityLabel: entityLabel ?? null,
    changes: changes ?? {},
  }));
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    await ctx.db.insert(auditEvents).values(rows.slice(start, start + INSERT_ROWS));
  }
}

/** Writes one audit row; as above. */
export const recordAudit = (ctx: Context, entry: AuditEntry): Promise<void> => recordAudits(ctx, [entry]);

/** The fields that differ between two descriptions of a record; lists are compared without regard to order. */
export function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): AuditChanges {
  const plain = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : (value ?? null));
  const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
  return Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((field) => !same(before[field], after[field]))
      .map((field) => [field, { from: plain(before[field]), to: plain(after[field]) }]),
  );
}
