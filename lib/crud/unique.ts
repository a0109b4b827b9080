import { eq, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { isUniqueViolation } from "@/lib/db/client";
import { Taken } from "@/lib/errors";
import type { Entity, Values } from "./entity";

/** Runs a write and turns a taken value into an error that leads to its holder. */
export async function refusingTaken<T>(
  ctx: Context,
  entity: Entity,
  sent: Values,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    for (const [name, { unique, column, compared, canonical }] of Object.entries(entity.fields)) {
      const by = compared ?? column;
      const value = sent[name];
      if (!unique || !by || typeof value !== "string") continue;
      const [holder] = await ctx.db
        .select({ id: sql<string>`${entity.table.id}` })
        .from(entity.table)
        .where(eq(by, canonical ? canonical(value) : value.trim()));
      if (holder) throw new Taken({ [name]: { key: unique, href: `/admin/${entity.name}/${holder.id}/edit` } });
    }
    throw error;
  }
}
