import { eq } from "drizzle-orm";
import { createBundle } from "@/lib/bundles/service";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { bundles, groups, type NamedTable, permissions } from "@/lib/db/schema/access";
import { createGroup } from "@/lib/groups/service";
import { newUser } from "@/lib/users/schema";
import { createUser, findUserByLoginId } from "@/lib/users/service";

const GIVEN = ["ana", "ben", "carla", "dmitri", "eva", "farid", "grace", "hugo", "ines", "jamal"];
const FAMILY = ["alvarez", "baker", "costa", "dahl"];

async function ensureNamed(ctx: Context, table: NamedTable, name: string, create: () => Promise<string>) {
  const [row] = await ctx.db.select({ id: table.id }).from(table).where(eq(table.name, name));
  return row?.id ?? (await create());
}

/**
 * Something to look at: two groups, a bundle and forty users without passwords. What is there already stays.
 * @returns how many users were added
 */
export async function seedDemo(ctx: Context): Promise<number> {
  const [manage] = await ctx.db
    .select({ id: permissions.id })
    .from(permissions)
    .where(eq(permissions.token, "auth-manage"));
  const bundleId = await ensureNamed(ctx, bundles, "User administration", () =>
    createBundle(ctx, { name: "User administration", permissionIds: manage ? [manage.id] : [] }),
  );
  const administrators = await ensureNamed(ctx, groups, "Administrators", () =>
    createGroup(ctx, { name: "Administrators", bundleIds: [bundleId], permissionIds: [] }),
  );
  const staff = await ensureNamed(ctx, groups, "Staff", () =>
    createGroup(ctx, { name: "Staff", bundleIds: [], permissionIds: [] }),
  );
  const people = FAMILY.flatMap((family) => GIVEN.map((given) => `${given}.${family}`));
  let added = 0;
  for (const [index, person] of people.entries()) {
    const loginId = config().LOGIN_ID === "email" ? `${person}@example.com` : person;
    if (await findUserByLoginId(ctx, loginId)) continue;
    await createUser(ctx, {
      ...newUser,
      loginId,
      isEnabled: index % 9 !== 4,
      groupIds: index % 8 === 0 ? [administrators, staff] : [staff],
    });
    added += 1;
  }
  return added;
}
