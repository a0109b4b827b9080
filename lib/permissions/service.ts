import { asc } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { permissions } from "@/lib/db/schema/access";

export type PermissionRow = { id: string; token: string; description: string; createdAt: Date; updatedAt: Date };

/** All permissions by token. They are declared in code, so there are never more than fit on a few pages. */
export const allPermissions = (ctx: Context): Promise<PermissionRow[]> =>
  ctx.db.select().from(permissions).orderBy(asc(permissions.token));
