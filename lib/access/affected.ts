import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { isRunning } from "@/lib/auth/session";
import type { Context } from "@/lib/context";
import { correlated } from "@/lib/db/correlated";
import {
  bundlePermissions,
  groupBundles,
  groupPermissions,
  userBundles,
  userGroups,
  userPermissions,
} from "@/lib/db/schema/access";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { numbersOf } from "./record";

export type Affected = {
  key: "sessions" | "members" | "users" | "groups" | "bundles" | "permissions";
  count: number;
};

/** How many links end at this column; the database deletes them along with the record. */
const links = (end: PgColumn, id: string): SQL<number> =>
  correlated(sql<number>`(select count(*)::int from ${end.table} where ${end} = ${id})`);

/** Those of the outer user that could still be used. */
const runningSessions = (): SQL<number> =>
  correlated(
    sql<number>`(select count(*)::int from ${sessions} where ${sessions.userId} = ${users.id} and ${isRunning()})`,
  );

/** What hangs on a record, as columns of a select from its table, in the order in which a person wants to read them. */
const dependents = {
  user: (id: string) => ({
    sessions: runningSessions(),
    groups: links(userGroups.userId, id),
    bundles: links(userBundles.userId, id),
    permissions: links(userPermissions.userId, id),
  }),
  group: (id: string) => ({
    members: links(userGroups.groupId, id),
    bundles: links(groupBundles.groupId, id),
    permissions: links(groupPermissions.groupId, id),
  }),
  bundle: (id: string) => ({
    users: links(userBundles.bundleId, id),
    groups: links(groupBundles.bundleId, id),
    permissions: links(bundlePermissions.bundleId, id),
  }),
};

/**
 * What hangs on a record directly and goes with it when it is deleted: its links and, of a user, the running sessions.
 * Without what is zero.
 * @throws NotFound
 */
export async function affectedBy(
  ctx: Context,
  target: { kind: "user" | "group" | "bundle"; id: string },
): Promise<Affected[]> {
  const counts: Partial<Record<Affected["key"], number>> = await numbersOf(
    ctx,
    target,
    dependents[target.kind](target.id) as Record<string, SQL<number>>,
  );
  return Object.entries(counts).flatMap(([key, count]) => (count > 0 ? [{ key: key as Affected["key"], count }] : []));
}
