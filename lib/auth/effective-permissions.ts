import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { correlated } from "@/lib/db/correlated";
import {
  bundlePermissions,
  groupBundles,
  groupPermissions,
  permissions,
  userBundles,
  userGroups,
  userPermissions,
} from "@/lib/db/schema/access";

/**
 * The tokens that `userId` holds, as one array expression: direct ∪ own bundles ∪ own groups ∪ those groups' bundles.
 * Each branch starts at the user, so its cost does not grow with the number of users (docs/decisions/0004).
 */
export const effectivePermissions = (userId: SQLWrapper): SQL<string[]> =>
  correlated(sql<string[]>`array(
  select ${permissions.token} from ${permissions} where ${permissions.id} in (
    select ${userPermissions.permissionId} from ${userPermissions} where ${userPermissions.userId} = ${userId}
    union all
    select ${groupPermissions.permissionId} from ${userGroups}
      join ${groupPermissions} on ${groupPermissions.groupId} = ${userGroups.groupId}
      where ${userGroups.userId} = ${userId}
    union all
    select ${bundlePermissions.permissionId} from ${userBundles}
      join ${bundlePermissions} on ${bundlePermissions.bundleId} = ${userBundles.bundleId}
      where ${userBundles.userId} = ${userId}
    union all
    select ${bundlePermissions.permissionId} from ${userGroups}
      join ${groupBundles} on ${groupBundles.groupId} = ${userGroups.groupId}
      join ${bundlePermissions} on ${bundlePermissions.bundleId} = ${groupBundles.bundleId}
      where ${userGroups.userId} = ${userId}
  ))`);
