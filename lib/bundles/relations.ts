import type { Relation } from "@/lib/crud/relations";
import { bundlePermissions, permissions } from "@/lib/db/schema/access";

export const bundleRelations = {
  permissionIds: {
    field: "permissionIds",
    entity: "permissions",
    link: bundlePermissions,
    holder: bundlePermissions.bundleId,
    held: bundlePermissions.permissionId,
    target: permissions,
    label: permissions.token,
  },
} as const satisfies Record<string, Relation>;
