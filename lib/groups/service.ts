import type { Context } from "@/lib/context";
import type { ListQuery } from "@/lib/crud/list-query";
import { createNamed, getNamed, listNamed, type NamedEntity, updateNamed } from "@/lib/crud/named";
import { bundles, groupBundles, groupPermissions, groups, permissions } from "@/lib/db/schema/access";
import type { GroupInput } from "./schema";

/** The verbs on groups: sets of users that share bundles and permissions. */

export const groupRelations = {
  bundleIds: {
    field: "bundleIds",
    link: groupBundles,
    holder: groupBundles.groupId,
    held: groupBundles.bundleId,
    target: bundles,
    label: bundles.name,
  },
  permissionIds: {
    field: "permissionIds",
    link: groupPermissions,
    holder: groupPermissions.groupId,
    held: groupPermissions.permissionId,
    target: permissions,
    label: permissions.token,
  },
} as const;

const definition: NamedEntity = { entity: "groups", table: groups, relations: Object.values(groupRelations) };

export const listGroups = (ctx: Context, query: ListQuery) => listNamed(ctx, definition, query);
export const getGroup = (ctx: Context, id: string) => getNamed(ctx, definition, id);
export const createGroup = (ctx: Context, input: GroupInput) => createNamed(ctx, definition, input);
export const updateGroup = (ctx: Context, id: string, version: number, input: GroupInput) =>
  updateNamed(ctx, definition, id, version, input);
