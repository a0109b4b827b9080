import { and, eq, sql } from "drizzle-orm";
import { isUuid } from "@/lib/crud/ids";
import { type Database, database } from "@/lib/db/client";
import { permissions as permissionTable } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { isActive } from "./active";
import { effectivePermissions } from "./effective-permissions";
import type { Principal } from "./principal";

/** What a principal is made of, for queries on `users`. */
export const principalColumns = () => ({
  userId: users.id,
  loginId: users.loginId,
  isSuperuser: users.isSuperuser,
  permissions: sql<string[]>`case when ${users.isSuperuser}
    then array(select ${permissionTable.token} from ${permissionTable})
    else ${effectivePermissions(users.id)} end`,
  locale: users.locale,
});

/**
 * The active user with this id, for request loaders that know whose a request is. Null for everybody else: whoever may not
 * sign in may not come by a token either.
 */
export async function principalOf(userId: string, db: Database = database()): Promise<Principal | null> {
  if (!isUuid(userId)) return null;
  const [row] = await db
    .select(principalColumns())
    .from(users)
    .where(and(eq(users.id, userId), isActive()));
  return row ? { ...row, permissions: new Set(row.permissions), sessionId: null } : null;
}
