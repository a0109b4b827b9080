import type { Condition } from "@/lib/auth/conditions";

/** What each action needs; pages, actions and the route table read it here. */
export const access = {
  list: "auth-manage",
  add: "auth-manage",
  edit: "auth-manage",
} as const satisfies Record<string, Condition>;
