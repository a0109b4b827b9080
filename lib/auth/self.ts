import type { Context } from "@/lib/context";
import { Forbidden } from "@/lib/errors";
import type { Principal, SessionPrincipal } from "./principal";

/**
 * The signed-in user who acts, for verbs that people use on their own account.
 * @throws Forbidden for the command line and the app itself, which have none
 */
export function selfOf({ actor }: Context): Principal {
  if (actor.kind !== "user") throw new Forbidden();
  return actor.principal;
}

/**
 * The same, for what people do in a browser only: whoever has got hold of a token must not change how its owner comes in.
 * @throws Forbidden for everybody without a session
 */
export function signedInSelfOf(ctx: Context): SessionPrincipal {
  const { sessionId, ...self } = selfOf(ctx);
  if (sessionId === null) throw new Forbidden();
  return { ...self, sessionId };
}
