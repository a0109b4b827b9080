import type { Context } from "@/lib/context";
import { Forbidden } from "@/lib/errors";
import type { Principal } from "./principal";

/**
 * The signed-in user who acts, for verbs that people use on their own account.
 * @throws Forbidden for the command line and the app itself, which have none
 */
export function selfOf({ actor }: Context): Principal {
  if (actor.kind !== "user") throw new Forbidden();
  return actor.principal;
}
