import { type Actor, type Context, noRequest } from "@/lib/context";
import { database } from "@/lib/db/client";

/** First argument for verbs in tests: by default the operator at the command line acts. See also `signedIn`. */
export function testContext(actor: Actor = { kind: "cli" }): Context {
  return { actor, db: database(), request: noRequest };
}
