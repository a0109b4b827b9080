import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { type Condition, satisfies } from "./conditions";
import { currentPrincipal } from "./current";
import type { Principal } from "./principal";
import { loginPath } from "./redirects";
import { HEADER, requestFacts } from "./request";

/**
 * Guards for pages, layouts and server actions. Each page and each action calls one as its first statement, whatever the
 * middleware has checked before; `npm run check` fails where none is called. For route handlers see handler.ts.
 */

/** A signed-in user, or a redirect to the login page that leads back here. */
export async function requireUser(): Promise<Principal> {
  const principal = await currentPrincipal();
  if (principal) return principal;
  redirect(loginPath((await headers()).get(HEADER.location)));
}

/** A signed-in user who satisfies `condition`; otherwise the login page, or the 403 page. */
export async function requirePermissions(condition: Condition): Promise<Principal> {
  const principal = await requireUser();
  if (!satisfies(principal, condition)) forbidden();
  return principal;
}

/** Marks a page, a handler or a file of actions as open to everybody, and says why. */
export function markPublic(_reason: string): void {}

/** The context in which verbs act for a visitor whom they do not know. */
export async function anonymousContext(): Promise<Context> {
  return { actor: { kind: "system" }, db: database(), request: requestFacts(await headers()) };
}

/** The context in which verbs act for `principal` on this request. */
export async function contextOf(principal: Principal): Promise<Context> {
  return { actor: { kind: "user", principal }, db: database(), request: requestFacts(await headers()) };
}
