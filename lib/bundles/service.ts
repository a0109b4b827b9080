import type { Context } from "@/lib/context";
import type { ListQuery } from "@/lib/crud/list-query";
import { createNamed, getNamed, listNamed, type NamedEntity, updateNamed } from "@/lib/crud/named";
import { bundlePermissions, bundles, permissions } from "@/lib/db/schema/access";
import type { BundleInput } from "./schema";

/** The verbs on bundles: named sets of permissions. */

export const bundleRelations = {
  permissionIds: {
    field: "permissionIds",
    link: bundlePermissions,
    holder: bundlePermissions.bundleId,
    held: bundlePermissions.permissionId,
    target: permissions,
    label: permissions.token,
  },
} as const;

const definition: NamedEntity = { entity: "bundles", table: bundles, relations: Object.values(bundleRelations) };

export const listBundles = (ctx: Context, query: ListQuery) => listNamed(ctx, definition, query);
export const getBundle = (ctx: Context, id: string) => getNamed(ctx, definition, id);
export const createBundle = (ctx: Context, input: BundleInput) => createNamed(ctx, definition, input);
export const updateBundle = (ctx: Context, id: string, version: number, input: BundleInput) =>
  updateNamed(ctx, definition, id, version, input);
