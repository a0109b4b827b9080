import type { Relation } from "@/lib/crud/relations";
import { bundles, groups, permissions, userBundles, userGroups, userPermissions } from "@/lib/db/schema/access";

export const userRelations = {
  groupIds: {
    field: "groupIds",
    entity: "groups",
    link: userGroups,
    holder: userGroups.userId,
    held: userGroups.groupId,
    target: groups,
    label: groups.name,
    shared: { byHand: userGroups.byHand, sources: userGroups.sources },
  },
  bundleIds: {
    field: "bundleIds",
    entity: "bundles",
    link: userBundles,
    holder: userBundles.userId,
    held: userBundles.bundleId,
    target: bundles,
    label: bundles.name,
  },
  permissionIds: {
    field: "permissionIds",
    entity: "permissions",
    link: userPermissions,
    holder: userPermissions.userId,
    held: userPermissions.permissionId,
    target: permissions,
    label: permissions.token,
  },
} as const satisfies Record<string, Relation>;
