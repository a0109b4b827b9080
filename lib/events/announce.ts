import { actorOf } from "@/lib/audit/by";
import type { Context } from "@/lib/context";
import type { EventName, Happenings, Person } from "./event";
import { publish } from "./hub";

/**
 * Tells subscribers of something that happened in `ctx`: at once, or where a transaction is open once it is committed. What
 * is rolled back is told to nobody.
 * @param by who did it, where that is somebody else than the context says
 */
export function announce<Name extends EventName>(
  ctx: Context,
  name: Name,
  happening: Happenings[Name],
  by?: Person,
): void {
  const event = { ...happening, by: actorOf(ctx, by), request: ctx.request };
  const tell = () => publish(name, event);
  if (ctx.afterCommit) ctx.afterCommit.push(tell);
  else tell();
}
