import { asc, eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { correlated } from "@/lib/db/correlated";
import {
  bundlePermissions,
  bundles,
  groupBundles,
  groupPermissions,
  groups,
  type NamedTable,
  userBundles,
  userGroups,
} from "@/lib/db/schema/access";
import { numbersOf } from "./record";
import type { Named } from "./source";

/** A group or bundle with the number of users linked to it directly: members of a group, owners of a bundle. */
export type Container = Named & {
  users: number;
  /** There are more than `users` says. */
  usersIsEstimate: boolean;
};

/** Enough to tell a handful from a crowd; a page may show hundreds of groups. */
const MOST_COUNTED = 1000;

/** How many users the outer record is linked to. */
const linkedUsers = (end: PgColumn, id: PgColumn): SQL<number> =>
  correlated(sql<number>`(select count(*)::int from
    (select from ${end.table} where ${end} = ${id} limit ${MOST_COUNTED + 1}) counted)`);

export type GivenTo = { groups: Container[]; bundles: Container[] };

type ContainerLink = { table: NamedTable; users: PgColumn; holder: PgColumn; held: PgColumn };

async function containers(db: Database, link: ContainerLink, heldId: string): Promise<Container[]> {
  const { table, users: end, holder, held } = link;
  const rows = await db
    .select({ id: table.id, name: table.name, n: linkedUsers(end, table.id) })
    .from(table)
    .innerJoin(holder.table, eq(holder, table.id))
    .where(eq(held, heldId))
    .orderBy(asc(table.nameCanonical));
  return rows.map(({ id, name, n }) => ({
    id,
    name,
    users: Math.min(n, MOST_COUNTED),
    usersIsEstimate: n > MOST_COUNTED,
  }));
}

const inGroups = { table: groups, users: userGroups.groupId };

/** The groups that contain it directly, by name. */
const groupsWith = (db: Database, kind: "permission" | "bundle", id: string): Promise<Container[]> =>
  kind === "permission"
    ? containers(db, { ...inGroups, holder: groupPermissions.groupId, held: groupPermissions.permissionId }, id)
    : containers(db, { ...inGroups, holder: groupBundles.groupId, held: groupBundles.bundleId }, id);

/** The bundles that contain a permission, by name. */
const bundlesWith = (db: Database, permissionId: string): Promise<Container[]> =>
  containers(
    db,
    {
      table: bundles,
      users: userBundles.bundleId,
      holder: bundlePermissions.bundleId,
      held: bundlePermissions.permissionId,
    },
    permissionId,
  );

/**
 * The groups and bundles that contain a permission, or the groups that contain a bundle, directly and by name.
 * @throws NotFound
 */
export async function givenTo(ctx: Context, target: { kind: "permission" | "bundle"; id: string }): Promise<GivenTo> {
  const { kind, id } = target;
  await numbersOf(ctx, target, {});
  return {
    groups: await groupsWith(ctx.db, kind, id),
    bundles: kind === "permission" ? await bundlesWith(ctx.db, id) : [],
  };
}
