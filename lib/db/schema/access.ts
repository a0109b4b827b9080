import { sql } from "drizzle-orm";
import { boolean, check, index, integer, type PgColumn, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt } from "./columns";
import { users } from "./users";

export const permissions = pgTable("permissions", {
  id: id(),
  token: text("token").notNull().unique(),
  description: text("description").notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Groups and bundles: looked up by name without regard to case or blanks around it. */
function namedTable(table: string) {
  return pgTable(table, {
    id: id(),
    name: text("name").notNull(),
    nameCanonical: text("name_canonical").notNull().unique(),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  });
}

export type NamedTable = ReturnType<typeof namedTable>;

export const groups = namedTable("groups");

export const bundles = namedTable("bundles");

const holder = (name: string, target: () => PgColumn) =>
  uuid(name).notNull().references(target, { onDelete: "cascade" });

const linkKeys = (table: string, holderId: PgColumn, heldId: PgColumn) => [
  primaryKey({ columns: [holderId, heldId] as [PgColumn, PgColumn] }),
  // "Who holds it?" and the cascade on delete need the other direction too.
  index(`${table}_reverse`).on(heldId, holderId),
];

export const userPermissions = pgTable(
  "user_permissions",
  {
    userId: holder("user_id", () => users.id),
    permissionId: holder("permission_id", () => permissions.id),
  },
  (t) => linkKeys("user_permissions", t.userId, t.permissionId),
);

export const userBundles = pgTable(
  "user_bundles",
  {
    userId: holder("user_id", () => users.id),
    bundleId: holder("bundle_id", () => bundles.id),
  },
  (t) => linkKeys("user_bundles", t.userId, t.bundleId),
);

/** Who is in which group: put there by somebody here, by a directory or an identity provider, or by both. */
export const userGroups = pgTable(
  "user_groups",
  {
    userId: holder("user_id", () => users.id),
    groupId: holder("group_id", () => groups.id),
    /** Whether somebody here has put the user into the group. */
    byHand: boolean("by_hand").notNull().default(true),
    /** The ways in (`ldap`, the name of an OIDC profile) whose group map did; each is its own to take back. */
    sources: text("sources").array().notNull().default(sql`'{}'`),
  },
  (t) => [
    ...linkKeys("user_groups", t.userId, t.groupId),
    check("user_groups_has_reason", sql`${t.byHand} or cardinality(${t.sources}) > 0`),
  ],
);

export const groupPermissions = pgTable(
  "group_permissions",
  {
    groupId: holder("group_id", () => groups.id),
    permissionId: holder("permission_id", () => permissions.id),
  },
  (t) => linkKeys("group_permissions", t.groupId, t.permissionId),
);

export const groupBundles = pgTable(
  "group_bundles",
  {
    groupId: holder("group_id", () => groups.id),
    bundleId: holder("bundle_id", () => bundles.id),
  },
  (t) => linkKeys("group_bundles", t.groupId, t.bundleId),
);

export const bundlePermissions = pgTable(
  "bundle_permissions",
  {
    bundleId: holder("bundle_id", () => bundles.id),
    permissionId: holder("permission_id", () => permissions.id),
  },
  (t) => linkKeys("bundle_permissions", t.bundleId, t.permissionId),
);
