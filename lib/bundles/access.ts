import type { Access } from "@/lib/crud/entity";

/** What each action needs; pages, actions and the route table read it here. */
export const access = {
  list: "auth-manage",
  add: "auth-manage",
  edit: "auth-manage",
  delete: "auth-manage",
} as const satisfies Access;
