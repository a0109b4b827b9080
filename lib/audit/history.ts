import { and, desc, eq } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { countUpTo, type Page } from "@/lib/crud/page";
import { auditEvents } from "@/lib/db/schema/events";
import { NotFound } from "@/lib/errors";
import { visibleChanges } from "./visible";

export type AuditEvent = typeof auditEvents.$inferSelect;

/**
 * What happened to one record, newest first; also of one that is gone.
 * @throws NotFound for what cannot be an id
 */
export async function historyOf(
  ctx: Context,
  entity: string,
  id: string,
  { page, size }: { page: number; size: number },
): Promise<Page<AuditEvent>> {
  if (!isUuid(id)) throw new NotFound();
  const where = and(eq(auditEvents.entity, entity), eq(auditEvents.entityId, id));
  const items = await ctx.db
    .select()
    .from(auditEvents)
    .where(where)
    .orderBy(desc(auditEvents.id))
    .limit(size)
    .offset((page - 1) * size);
  const visible = items.map((event) => ({ ...event, changes: visibleChanges(ctx, event.changes) }));
  return { items: visible, ...(await countUpTo(ctx.db, auditEvents, where)) };
}
