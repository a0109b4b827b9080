import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { isAllowed, type Need } from "./allowed";
import type { Condition } from "./conditions";
import { principalBy } from "./current";
import { type ExcludedMethods, isExcluded } from "./methods";
import type { Principal } from "./principal";
import { loginPath } from "./redirects";
import { HEADER, requestFacts } from "./request";
import type { RequestLoader } from "./request-loaders/loader";
import { pageLoaders } from "./request-loaders/registry";

/**
 * Guards for pages, layouts and server actions. Each page and each action calls one as its first statement, whatever the
 * middleware has checked before; `npm run check` fails where none is called. For route handlers see handler.ts.
 */

/**
 * How one guard differs from the others. The middleware answers first and knows nothing of it, unless the path's line in
 * lib/routes.ts says `leftToGuard: true`.
 */
export type GuardOptions = {
  /** Called where nobody is signed in. It leads elsewhere, as redirect() and notFound() do; otherwise the login page follows. */
  onAuthenticationFailure?: () => void | Promise<void>;
  /** Called where somebody may not come in. It leads elsewhere; otherwise the 403 page follows. */
  onAuthorizationFailure?: (principal: Principal) => void | Promise<void>;
  /** Instead of those in request-loaders/registry.ts. A constant: it is asked once per request. */
  requestLoaders?: readonly RequestLoader[];
};

/** A guard that lets some methods pass: what comes by them is nobody's, and is told from people by null. */
export type ExcludingOptions = GuardOptions & { httpMethodsExcluded: ExcludedMethods };

async function guard(need: Need, options: GuardOptions & Partial<ExcludingOptions>): Promise<Principal | null> {
  const sent = await headers();
  if (options.httpMethodsExcluded && isExcluded(sent.get(HEADER.method) ?? "", options.httpMethodsExcluded))
    return null;
  const principal = await principalBy(options.requestLoaders ?? pageLoaders);
  if (!principal) {
    await options.onAuthenticationFailure?.();
    redirect(loginPath(sent.get(HEADER.location)));
  }
  if (!isAllowed(principal, need)) {
    await options.onAuthorizationFailure?.(principal);
    forbidden();
  }
  return principal;
}

/** A signed-in user, or a redirect to the login page that leads back here. */
export async function requireUser(options: ExcludingOptions): Promise<Principal | null>;
export async function requireUser(options?: GuardOptions): Promise<Principal>;
export async function requireUser(options: GuardOptions = {}): Promise<Principal | null> {
  return guard("signed-in", options);
}

/** A signed-in user who satisfies `condition`; otherwise the login page, or the 403 page. */
export async function requirePermissions(condition: Condition, options: ExcludingOptions): Promise<Principal | null>;
export async function requirePermissions(condition: Condition, options?: GuardOptions): Promise<Principal>;
export async function requirePermissions(condition: Condition, options: GuardOptions = {}): Promise<Principal | null> {
  return guard(condition, options);
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
