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
