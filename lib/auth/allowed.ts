import { appCondition } from "@/lib/app-condition";
import { type Condition, satisfies } from "./conditions";
import type { Principal } from "./principal";

/** What a place asks of a user: a condition, or only to be one. */
export type Need = Condition | "signed-in";

/**
 * Whether `principal` may come in where `need` is asked: the one rule of middleware, guards and menu.
 * @param everywhere what is asked at every place
 */
export function isAllowed(principal: Principal, need: Need, everywhere: Condition | null = appCondition): boolean {
  if (everywhere !== null && !satisfies(principal, everywhere)) return false;
  return need === "signed-in" || satisfies(principal, need);
}
