import { eq } from "drizzle-orm";
import { createBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { permissions } from "@/lib/db/schema/access";
import { createGroup } from "@/lib/groups/service";
import { times } from "@/lib/testing/attempts";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

export const PASSWORD = "a long walk in the rain";

/** Who is there before the first test. */
export const people = {
  root: "root@example.com",
  /** Holds auth-manage. */
  manager: "manager@example.com",
  /** Holds nothing. */
  plain: "plain@example.com",
} as const;

type Grants = { isSuperuser?: boolean; groupIds?: string[]; permissionIds?: string[]; password?: string };

export function addPerson(ctx: Context, loginId: string, grants: Grants = {}): Promise<string> {
  const password = grants.password ?? PASSWORD;
  return createUser(ctx, { ...newUser, loginId, ...grants, password, confirm: password });
}

export async function managePermissionId(ctx: Context): Promise<string> {
  const [row] = await ctx.db
    .select({ id: permissions.id })
    .from(permissions)
    .where(eq(permissions.token, "auth-manage"));
  if (!row) throw new Error("permissions were not synced");
  return row.id;
}

/** The three above, a group, a bundle, sixty people to page through, and a locked account that nobody has. */
export async function seed(ctx: Context): Promise<void> {
  const manage = await managePermissionId(ctx);
  await addPerson(ctx, people.root, { isSuperuser: true });
  await addPerson(ctx, people.manager, { permissionIds: [manage] });
  await addPerson(ctx, people.plain);
  const bundleId = await createBundle(ctx, { name: "User administration", permissionIds: [manage] });
  const staff = await createGroup(ctx, { name: "Staff", bundleIds: [], permissionIds: [] });
  await createGroup(ctx, { name: "Administrators", bundleIds: [bundleId], permissionIds: [] });
  for (let n = 1; n <= 60; n++) {
    const isOdd = n % 2 === 1;
    await addPerson(ctx, `person-${String(n).padStart(3, "0")}@example.org`, {
      password: "",
      groupIds: isOdd ? [staff] : [],
    });
  }
  await times(15, { loginId: "locked@example.com" });
}
