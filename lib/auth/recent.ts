import { eq, sql } from "drizzle-orm";
import { redirect } from "next/navigation";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { sessions } from "@/lib/db/schema/auth";
import { contextOf } from "./guards";
import type { Principal } from "./principal";
import { signedInSelfOf } from "./self";

/**
 * Whether the actor's session began at most `settings.session.recentMinutes` ago, by the clock of the database.
 * @throws Forbidden if no user acts
 */
export async function signedInRecently(ctx: Context): Promise<boolean> {
  const [session] = await ctx.db
    .select({
      isRecent: sql<boolean>`${sessions.createdAt} >= now() - make_interval(mins => ${settings.session.recentMinutes})`,
    })
    .from(sessions)
    .where(eq(sessions.id, signedInSelfOf(ctx).sessionId));
  return session?.isRecent ?? false;
}

/** The page that asks who sits here once more, and leads to `here` from there. */
export const signInAgainPath = (here: string) =>
  `/account/sign-in-again?next=${encodeURIComponent(here)}` as "/account/sign-in-again";

/**
 * Lets `principal` go on only soon after signing in, so that a browser left open does not give the account away
 * (ASVS 7.5.1). Otherwise leads to a page that asks once more, and from there to `here`. For pages and actions, after
 * their guard.
 * @param here path and query to come back to
 */
export async function requireRecentSignIn(principal: Principal, here: string): Promise<void> {
  if (await signedInRecently(await contextOf(principal))) return;
  redirect(signInAgainPath(here));
}
