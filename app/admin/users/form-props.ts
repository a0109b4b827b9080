import { describedPermissions } from "@/app/admin/permissions/described";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { relationOptions } from "@/lib/crud/relations";
import { userRelations } from "@/lib/users/relations";

/** What both forms of a user need to be drawn. */
export async function userFormProps(ctx: Context) {
  const { LOGIN_ID, mailEnabled, PASSWORD_MIN_LENGTH } = config();
  const [groups, bundles, permissions] = await Promise.all([
    relationOptions(ctx.db, userRelations.groupIds),
    relationOptions(ctx.db, userRelations.bundleIds),
    describedPermissions(ctx),
  ]);
  return {
    loginIdMode: LOGIN_ID,
    password: { isRequired: !mailEnabled, minLength: PASSWORD_MIN_LENGTH },
    showsSuperuser: ctx.actor.kind === "user" && ctx.actor.principal.isSuperuser,
    groups,
    bundles,
    permissions,
  };
}
