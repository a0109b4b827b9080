import type { Permission } from "@/lib/permissions";
import type { Principal } from "./principal";

/**
 * What a guard asks for: a token, `hasAny(…)`, `hasAll(…)`, nested freely, or a function of the user. A list means all.
 * A superuser satisfies every token; a function decides for itself.
 */
export type Condition =
  | Permission
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] }
  | ((principal: Principal) => boolean)
  | readonly Condition[];

type AtLeastOne = readonly [Condition, ...Condition[]];

/** Satisfied by whoever satisfies at least one of the parts. */
export const hasAny = (...any: AtLeastOne): Condition => ({ any });

/** Satisfied by whoever satisfies every part. */
export const hasAll = (...all: AtLeastOne): Condition => ({ all });

/** Whether `principal` satisfies `condition`. An empty list satisfies nobody: forgetting an entry must not open a door. */
export function satisfies(principal: Principal, condition: Condition): boolean {
  if (typeof condition === "string") return principal.isSuperuser || principal.permissions.has(condition);
  if (typeof condition === "function") return condition(principal) === true;
  if ("any" in condition) return condition.any.some((part) => satisfies(principal, part));
  const all = "all" in condition ? condition.all : condition;
  return all.length > 0 && all.every((part) => satisfies(principal, part));
}
