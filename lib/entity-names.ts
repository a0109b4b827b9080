/** The entities of the admin: each names its folders, paths, messages and menu entry. */
export const entityNames = [
  "users",
  "groups",
  "bundles",
  "permissions",
  // npm run new adds lines above this one
  "attempts",
  "locks",
  "audit",
] as const;

export type EntityName = (typeof entityNames)[number];
