import { and, eq } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";
import { Forbidden } from "@/lib/errors";
import { isActive } from "./active";
import { effectivePermissions } from "./effective-permissions";

/** What an actor may give and touch; `everything` for superusers, for the command line and for the app itself. */
export type Authority = "everything" | ReadonlySet<string>;

/**
 * What the actor may do at this moment, not when the request began: somebody may have been demoted in between. Call it in
 * the transaction of the change.
 * @throws Forbidden if the actor is not active any more
 */
export async function authorityNow(ctx: Context): Promise<Authority> {
  if (ctx.actor.kind !== "user") return "everything";
  const [now] = await ctx.db
    .select({ isSuperuser: users.isSuperuser, tokens: effectivePermissions(users.id) })
    .from(users)
    .where(and(eq(users.id, ctx.actor.principal.userId), isActive()));
  if (!now) throw new Forbidden();
  return now.isSuperuser ? "everything" : new Set(now.tokens);
}

/** Who is a superuser is for superusers to know: others would learn whose account is worth attacking. */
export const seesSuperusers = ({ actor }: Context): boolean => actor.kind !== "user" || actor.principal.isSuperuser;
