import { access as attemptsAccess } from "@/lib/attempts/access";
import { access as auditAccess } from "@/lib/audit/access";
import type { Need } from "@/lib/auth/allowed";
import { access as bundlesAccess } from "@/lib/bundles/access";
import type { Access } from "@/lib/crud/entity";
import type { EntityName } from "@/lib/entity-names";
import { access as groupsAccess } from "@/lib/groups/access";
import { access as locksAccess } from "@/lib/locks/access";
import { access as permissionsAccess } from "@/lib/permissions/access";
import { access as usersAccess } from "@/lib/users/access";

/**
 * Which path needs what: read by the middleware, the menu and `npm run check`. A path that is not listed needs a signed-in
 * user. `[name]` stands for one segment, `[...name]` for the rest.
 */
export type Route = {
  /** A condition, any signed-in user, or everybody. */
  allow: Need | "public";
  /**
   * The guard of the page or the handler answers to whom this path is not open, in a way of its own, and the middleware
   * leaves it to it. Where the guard is forgotten, `npm run check` fails.
   */
  leftToGuard?: true;
  /** A public path that works with the session: without the database it is a 503, like all others. */
  readsSession?: true;
  /** Entry in the menu: a key below `menu` in messages/*.json; the icon is named in components/layout/menu.tsx. */
  menu?: MenuLabel;
};

/** Locks are reached from the attempts that led to them. */
export type MenuLabel = "home" | Exclude<EntityName, "locks">;

/** The pages of an entity of the admin: those that its `access` speaks of. */
function entity(name: Exclude<MenuLabel, "home">, access: Access): Record<string, Route> {
  const { list, add, edit, delete: remove } = access;
  const path = `/admin/${name}`;
  return {
    [path]: { allow: list, menu: name },
    [`${path}/export`]: { allow: list },
    ...(add && { [`${path}/add`]: { allow: add } }),
    ...(edit && { [`${path}/[id]/edit`]: { allow: edit } }),
    ...(remove && { [`${path}/[id]/delete`]: { allow: remove } }),
    // Each action has a condition of its own, which the page asks.
    ...((edit ?? remove) && { [`${path}/bulk`]: { allow: list }, [`${path}/[id]/history`]: { allow: list } }),
  };
}

/** Who has what a record gives, or what a user may do and why. */
const accessPages = (name: EntityName, access: Access): Record<string, Route> => ({
  [`/admin/${name}/[id]/access`]: { allow: access.list },
});

export const routes: Record<string, Route> = {
  "/": { allow: "public", readsSession: true, menu: "home" },
  "/login": { allow: "public" },
  "/login/[profile]": { allow: "public" },
  "/login/[profile]/start": { allow: "public" },
  "/forgot-password": { allow: "public" },
  "/reset-password": { allow: "public", readsSession: true },
  "/reset-password/[userId]/[token]": { allow: "public", readsSession: true },
  "/verify-account": { allow: "public", readsSession: true },
  "/verify-account/[userId]/[token]": { allow: "public", readsSession: true },
  "/logout": { allow: "public", readsSession: true },
  "/logout/submit": { allow: "public", readsSession: true },
  "/account": { allow: "signed-in" },
  "/account/email": { allow: "signed-in" },
  "/account/confirm-email": { allow: "signed-in" },
  "/account/confirm-email/[userId]/[token]": { allow: "public" },
  "/account/tokens": { allow: "signed-in" },
  "/account/sign-in-again": { allow: "signed-in" },
  "/refused": { allow: "public" },
  "/dev/mailbox": { allow: "public", readsSession: true },
  "/icon.svg": { allow: "public" },
  "/favicon.ico": { allow: "public" },
  "/api/auth/[...nextauth]": { allow: "public", readsSession: true },
  "/api/health/live": { allow: "public" },
  "/api/health/ready": { allow: "public" },
  "/api/me": { allow: "signed-in" },
  "/api/token": { allow: "signed-in" },
  "/api/openapi.json": { allow: "signed-in" },
  // The handlers ask the condition of the entity and of the action.
  "/api/[entity]": { allow: "signed-in" },
  "/api/[entity]/[id]": { allow: "signed-in" },
  ...entity("users", usersAccess),
  ...accessPages("users", usersAccess),
  ...entity("groups", groupsAccess),
  ...accessPages("groups", groupsAccess),
  ...entity("bundles", bundlesAccess),
  ...accessPages("bundles", bundlesAccess),
  ...entity("permissions", permissionsAccess),
  ...accessPages("permissions", permissionsAccess),
  // npm run new adds lines above this one
  ...entity("attempts", attemptsAccess),
  "/admin/locks": { allow: locksAccess.list },
  "/admin/locks/export": { allow: locksAccess.list },
  "/admin/locks/bulk": { allow: locksAccess.list },
  ...entity("audit", auditAccess),
};

const patterns = Object.entries(routes).map(([path, route]) => {
  const source = path
    .split("/")
    .map((segment) => {
      if (segment.startsWith("[...")) return ".+";
      if (segment.startsWith("[")) return "[^/]+";
      return segment.replace(/[.*+?^${}()|\\]/g, "\\$&");
    })
    .join("/");
  return { match: new RegExp(`^${source}$`), route, isExact: !path.includes("[") };
});

/** What `pathname` needs; fixed paths win over patterns, and unlisted ones need a signed-in user. */
export function routeFor(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  const hits = patterns.filter(({ match }) => match.test(path));
  return (hits.find(({ isExact }) => isExact) ?? hits[0])?.route ?? { allow: "signed-in" };
}
