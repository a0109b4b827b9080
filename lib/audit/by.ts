import type { Actor, Context } from "@/lib/context";
import type { By, Person } from "@/lib/events/event";

function ownerOf(actor: Actor): Person | undefined {
  if (actor.kind === "link") return actor.owner;
  return actor.kind === "user" ? { id: actor.principal.userId, loginId: actor.principal.loginId } : undefined;
}

/**
 * Who did what happens in this context: the person behind a session, a token or a mailed link, or else what the app was
 * asked by.
 * @param by where that is somebody else than the context says: whoever signs in is nobody yet
 */
export function actorOf({ actor }: Context, by?: Person): By {
  const person = by ?? ownerOf(actor);
  if (person) return { kind: "user", id: person.id, label: person.loginId };
  const kind = actor.kind === "cli" ? "cli" : "system";
  return { kind, id: null, label: kind };
}
