export type Named = { id: string; name: string };

/**
 * One way in which a user has a permission, a bundle or a group. `madeBy` are the directories and providers that have put
 * the user into the group, where nobody here did.
 */
export type Source = { madeBy?: string[] } & (
  | { kind: "direct" }
  | { kind: "bundle"; bundle: Named }
  | { kind: "group"; group: Named }
  | { kind: "groupBundle"; group: Named; bundle: Named }
  | { kind: "superuser" }
);

/** What a user can have. */
export type Target = { kind: "permission" | "bundle" | "group"; id: string };
