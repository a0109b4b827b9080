import { eq } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { permissions } from "@/lib/db/schema/access";
import { addPerson, people } from "./people";

/** The entity that `npm run new` has written into a copy of the project. No project is likely to have one of this name. */
export const generated = { name: "trial-projects", path: "/admin/trial-projects", labelEs: "Proyectos de prueba" };

/** Who there is in its database beside `people.root` and `people.plain`. */
export const holders = {
  /** May look. */
  reader: "reader@example.com",
  /** May manage, which includes looking. */
  editor: "editor@example.com",
} as const;

async function permissionId(ctx: Context, token: string): Promise<string> {
  const [row] = await ctx.db.select({ id: permissions.id }).from(permissions).where(eq(permissions.token, token));
  if (!row) throw new Error(`there is no permission ${token}`);
  return row.id;
}

export async function seedGenerated(ctx: Context): Promise<void> {
  await addPerson(ctx, people.root, { isSuperuser: true });
  await addPerson(ctx, people.plain);
  await addPerson(ctx, holders.reader, { permissionIds: [await permissionId(ctx, `${generated.name}-view`)] });
  await addPerson(ctx, holders.editor, { permissionIds: [await permissionId(ctx, `${generated.name}-manage`)] });
}
