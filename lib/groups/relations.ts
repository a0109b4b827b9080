import type { Relation } from "@/lib/crud/relations";
import { bundles, groupBundles, groupPermissions, permissions } from "@/lib/db/schema/access";

export const groupRelations = {
  bundleIds: {
    field: "bundleIds",
    entity: "bundles",
    link: groupBundles,
    holder: groupBundles.groupId,
    held: groupBundles.bundleId,
    target: bundles,
    label: bundles.name,
  },
  permissionIds: {
    field: "permissionIds",
    entity: "permissions",
    link: groupPermissions,
    holder: groupPermissions.groupId,
    held: groupPermissions.permissionId,
    target: permissions,
    label: permissions.token,
  },
} as const satisfies Record<string, Relation>;
