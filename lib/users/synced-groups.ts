import { and, asc, eq, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { groups, userGroups } from "@/lib/db/schema/access";

export type SyncedGroups = {
  /** The way in whose group map puts the user there. */
  source: string;
  names: string[];
};

/** The groups that a user has from a directory or an identity provider: nobody here can take them away. */
export async function syncedGroupsOf(ctx: Context, userId: string): Promise<SyncedGroups[]> {
  if (!isUuid(userId)) return [];
  const source = sql<string>`unnest(${userGroups.sources})`;
  const rows = await ctx.db
    .select({ source, name: groups.name })
    .from(userGroups)
    .innerJoin(groups, eq(groups.id, userGroups.groupId))
    .where(and(eq(userGroups.userId, userId), sql`cardinality(${userGroups.sources}) > 0`))
    .orderBy(asc(groups.nameCanonical));
  const bySource = new Map<string, string[]>();
  for (const row of rows) bySource.set(row.source, [...(bySource.get(row.source) ?? []), row.name]);
  return [...bySource].map(([name, names]) => ({ source: name, names }));
}
