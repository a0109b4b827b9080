import { getTranslations } from "next-intl/server";
import type { Context } from "@/lib/context";
import { isPermission } from "@/lib/permissions";
import { allPermissions, type PermissionRow } from "@/lib/permissions/service";

/** Descriptions in the reader's language; the stored one for a token that this version does not declare. */
export async function translateDescriptions(rows: PermissionRow[]): Promise<PermissionRow[]> {
  const t = await getTranslations("permissions");
  return rows.map((row) => ({ ...row, description: isPermission(row.token) ? t(row.token) : row.description }));
}

export const describedPermissions = async (ctx: Context): Promise<PermissionRow[]> =>
  translateDescriptions(await allPermissions(ctx));
