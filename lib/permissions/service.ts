import { and, asc, ilike, or } from "drizzle-orm";
import type { Context } from "@/lib/context";
import type { ListQuery } from "@/lib/crud/list-query";
import { type ListColumns, likePattern, offsetOf, orderOf, whereOf } from "@/lib/crud/list-sql";
import { countUpTo, type Page } from "@/lib/crud/page";
import { permissions } from "@/lib/db/schema/access";

export type PermissionRow = { id: string; token: string; description: string };

export const permissionColumns: ListColumns = {
  token: { column: permissions.token, sortable: true, filter: "text" },
  description: { column: permissions.description, sortable: true },
};

const row = { id: permissions.id, token: permissions.token, description: permissions.description };

/** One page of the permissions that the app declares. */
export async function listPermissions(ctx: Context, query: ListQuery): Promise<Page<PermissionRow>> {
  const where = and(
    query.q
      ? or(ilike(permissions.token, likePattern(query.q)), ilike(permissions.description, likePattern(query.q)))
      : undefined,
    whereOf(query, permissionColumns),
  );
  const items = await ctx.db
    .select(row)
    .from(permissions)
    .where(where)
    .orderBy(...orderOf(query, permissionColumns, permissions.token, permissions.id))
    .limit(query.size)
    .offset(offsetOf(query));
  return { items, ...(await countUpTo(ctx.db, permissions, where)) };
}

/** All of them, for the forms that grant them. */
export const allPermissions = (ctx: Context): Promise<PermissionRow[]> =>
  ctx.db.select(row).from(permissions).orderBy(asc(permissions.token));
