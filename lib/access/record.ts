import { eq, type SQL } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { bundles, groups, permissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { NotFound } from "@/lib/errors";

const tables = { user: users, permission: permissions, bundle: bundles, group: groups };

export type RecordKind = keyof typeof tables;

/**
 * Numbers that one statement tells of a record.
 * @throws NotFound, also for what cannot be an id
 */
export async function numbersOf<Columns extends Record<string, SQL<number>>>(
  ctx: Context,
  { kind, id }: { kind: RecordKind; id: string },
  columns: Columns,
): Promise<Record<keyof Columns, number>> {
  if (!isUuid(id)) throw new NotFound();
  const [row] = await ctx.db.select(columns).from(tables[kind]).where(eq(tables[kind].id, id));
  if (!row) throw new NotFound();
  return row as Record<keyof Columns, number>;
}
