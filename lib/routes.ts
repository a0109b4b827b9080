import type { Condition } from "@/lib/auth/conditions";
import { access as bundlesAccess } from "@/lib/bundles/access";
import { access as groupsAccess } from "@/lib/groups/access";
import { access as permissionsAccess } from "@/lib/permissions/access";
import { access as usersAccess } from "@/lib/users/access";

/**
 * Which path needs what: read by the middleware, the menu and `npm run check`. A path that is not listed needs a signed-in
 * user. `[name]` stands for one segment, `[...name]` for the rest.
 */
export type Route = {
  /** A condition, any signed-in user, or everybody. */
  allow: Condition | "signed-in" | "public";
  /** A public path that works with the session: without the database it is a 503, like all others. */
  readsSession?: true;
  /** Entry in the menu: a key below `menu` in messages/*.json; the icon is named in components/layout/menu.tsx. */
  menu?: MenuLabel;
};

export type MenuLabel = "home" | "users" | "groups" | "bundles" | "permissions";

type EntityAccess = { list: Condition; add?: Condition; edit?: Condition };

/** The pages of an entity of the admin. */
const entity = (name: MenuLabel, access: EntityAccess): Record<string, Route> => ({
  [`/admin/${name}`]: { allow: access.list, menu: name },
  ...(access.add && { [`/admin/${name}/add`]: { allow: access.add } }),
  ...(access.edit && { [`/admin/${name}/[id]/edit`]: { allow: access.edit } }),
});

export const routes: Record<string, Route> = {
  "/": { allow: "public", readsSession: true, menu: "home" },
  "/login": { allow: "public" },
  "/logout": { allow: "public", readsSession: true },
  "/logout/submit": { allow: "public", readsSession: true },
  "/refused": { allow: "public" },
  "/icon.svg": { allow: "public" },
  "/favicon.ico": { allow: "public" },
  "/api/auth/[...nextauth]": { allow: "public", readsSession: true },
  "/api/health/live": { allow: "public" },
  "/api/health/ready": { allow: "public" },
  "/api/me": { allow: "signed-in" },
  ...entity("users", usersAccess),
  ...entity("groups", groupsAccess),
  ...entity("bundles", bundlesAccess),
  ...entity("permissions", permissionsAccess),
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
