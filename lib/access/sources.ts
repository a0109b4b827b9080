import { asc, eq, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { permissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { NotFound } from "@/lib/errors";
import type { Source } from "./source";
import { sourcesOf, waysTo } from "./ways";

export type PermissionWithSources = { id: string; token: string; description: string; sources: Source[] };

/**
 * The effective permissions of a user by token, each with every source. In one statement whose branches start at the user,
 * so that its cost does not grow with the number of users. An actor who may not know who is a superuser sees only what the
 * user has in other ways.
 * @throws NotFound
 */
export async function permissionSources(ctx: Context, userId: string): Promise<PermissionWithSources[]> {
  if (!isUuid(userId)) throw new NotFound();
  const given = sourcesOf(ctx.db, waysTo(ctx, "permission"), sql`${userId}`);
  const rows = await ctx.db
    .select({
      permission: { id: permissions.id, token: permissions.token, description: permissions.description },
      sources: given.sources,
    })
    .from(users)
    .leftJoin(given, sql`true`)
    .leftJoin(permissions, eq(permissions.id, given.heldId))
    .where(eq(users.id, userId))
    .orderBy(asc(permissions.token));
  if (rows.length === 0) throw new NotFound();
  // A user without any permission is one row with nothing in it.
  return rows.flatMap(({ permission, sources }) => (permission && sources ? [{ ...permission, sources }] : []));
}
