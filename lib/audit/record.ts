import type { Context } from "@/lib/context";
import { type AuditChanges, auditEvents } from "@/lib/db/schema/events";
import type { Person } from "@/lib/events/event";
import { actorOf } from "./by";
import { announceAudited } from "./events";

export type AuditEntry = {
  action: string;
  entity: string;
  entityId?: string;
  /** What a person calls the record, kept because the record may be gone when somebody reads this. */
  entityLabel?: string;
  /** Old and new values by field; names, not ids, and never a secret. */
  changes?: AuditChanges;
  /** Who did it, where that is somebody else than the context says: whoever signs in is nobody yet. */
  by?: Person;
};

/** Rows of one insert; PostgreSQL takes at most 65,535 parameters. */
const INSERT_ROWS = 1_000;

/**
 * Writes audit rows; call it in the transaction of the change, so that neither exists without the other. Subscribers are told
 * of them once it is committed.
 */
export async function recordAudits(ctx: Context, entries: readonly AuditEntry[]): Promise<void> {
  const { ip, requestId } = ctx.request;
  const rows = entries.map(({ action, entity, entityId, entityLabel, changes, by }) => {
    const { kind: actorKind, id: actorId, label: actorLabel } = actorOf(ctx, by);
    return {
      ...{ actorKind, actorId, actorLabel, ip, requestId, action, entity },
      entityId: entityId ?? null,
      entityLabel: entityLabel ?? null,
      changes: changes ?? {},
    };
  });
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    await ctx.db.insert(auditEvents).values(rows.slice(start, start + INSERT_ROWS));
  }
  for (const entry of entries) announceAudited(ctx, entry);
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
