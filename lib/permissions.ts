/**
 * THE list of permissions: token → description. The database is brought in line with it at start. Guards take only these
 * tokens, so a misspelt one does not compile. A new permission is one line here and one message per language
 * (`permissions.<token>` in messages/*.json).
 */
export const permissions = {
  "auth-manage": "manage users, groups, bundles, and view permissions",
  // npm run new adds lines above this one
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;

export const isPermission = (token: string): token is Permission => Object.hasOwn(permissions, token);
