import type { Context } from "@/lib/context";

export type Named = { id: string; name: string };

/** One way in which a user has a permission, a bundle or a group. */
export type Source =
  | { kind: "direct" }
  | { kind: "bundle"; bundle: Named }
  | { kind: "group"; group: Named }
  | { kind: "groupBundle"; group: Named; bundle: Named }
  | { kind: "superuser" };

/** What a user can have. */
export type Target = { kind: "permission" | "bundle" | "group"; id: string };

/** Who is a superuser is for superusers to know: others would learn whose account is worth attacking. */
export const seesSuperusers = ({ actor }: Context): boolean => actor.kind !== "user" || actor.principal.isSuperuser;
