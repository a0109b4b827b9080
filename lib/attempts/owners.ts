import { inArray } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";

export type Owner = { id: string; loginId: string };

/** The users to whom login ids in their canonical form belong, by these; nobody need have one that was tried. */
export async function ownersOf(ctx: Context, canonical: string[]): Promise<Map<string, Owner>> {
  if (canonical.length === 0) return new Map();
  const found = await ctx.db
    .select({ id: users.id, loginId: users.loginId, canonical: users.loginIdCanonical })
    .from(users)
    .where(inArray(users.loginIdCanonical, [...new Set(canonical)]));
  return new Map(found.map(({ canonical: key, ...owner }) => [key, owner]));
}
