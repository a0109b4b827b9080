import { eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { alias, type PgColumn } from "drizzle-orm/pg-core";
import { seesSuperusers } from "@/lib/auth/actor";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import {
  bundlePermissions,
  bundles,
  groupBundles,
  groupPermissions,
  groups,
  permissions,
  userBundles,
  userGroups,
  userPermissions,
} from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import type { Source, Target } from "./source";

/** A chain of link tables from a user to what the user has. */
export type Way = {
  kind: Source["kind"];
  link: SQL;
  user: PgColumn;
  /** What the user is linked to: the thing itself, or one of those that contain it. */
  to: PgColumn;
  containers?: { from: SQL; id: SQLWrapper; held: PgColumn };
  /** What the sources name. */
  group?: PgColumn;
  bundle?: PgColumn;
  /** The directories and providers that have made the link, where nobody here did. */
  madeBy?: SQL;
};

const toPermission = { link: sql`${userPermissions}`, user: userPermissions.userId, to: userPermissions.permissionId };
const toBundle = { link: sql`${userBundles}`, user: userBundles.userId, to: userBundles.bundleId };
const toGroup = {
  link: sql`${userGroups}`,
  user: userGroups.userId,
  to: userGroups.groupId,
  madeBy: sql`case when not ${userGroups.byHand} then ${userGroups.sources} end`,
};

const permissionWays: readonly Way[] = [
  { kind: "direct", ...toPermission },
  {
    kind: "bundle",
    ...toBundle,
    containers: {
      from: sql`${bundlePermissions}`,
      id: bundlePermissions.bundleId,
      held: bundlePermissions.permissionId,
    },
    bundle: userBundles.bundleId,
  },
  {
    kind: "group",
    ...toGroup,
    containers: { from: sql`${groupPermissions}`, id: groupPermissions.groupId, held: groupPermissions.permissionId },
    group: userGroups.groupId,
  },
  {
    kind: "groupBundle",
    ...toGroup,
    containers: {
      from: sql`(${groupBundles} join ${bundlePermissions} on ${bundlePermissions.bundleId} = ${groupBundles.bundleId})`,
      id: groupBundles.groupId,
      held: bundlePermissions.permissionId,
    },
    group: userGroups.groupId,
    bundle: groupBundles.bundleId,
  },
];

/** By a name of its own, since the queries around it speak of `users` too. */
const superusers = alias(users, "superusers");

const asSuperuser: Way = {
  kind: "superuser",
  link: sql`${users} ${superusers}`,
  user: superusers.id,
  to: superusers.isSuperuser,
  containers: { from: sql`${permissions}`, id: sql`true`, held: permissions.id },
};

const bundleWays: readonly Way[] = [
  { kind: "direct", ...toBundle },
  {
    kind: "group",
    ...toGroup,
    containers: { from: sql`${groupBundles}`, id: groupBundles.groupId, held: groupBundles.bundleId },
    group: userGroups.groupId,
  },
];

const groupWays: readonly Way[] = [{ kind: "direct", ...toGroup }];

/** The ways in which a user can have something of this kind, as far as the actor may know of them. */
export function waysTo(ctx: Context, kind: Target["kind"]): readonly Way[] {
  if (kind === "bundle") return bundleWays;
  if (kind === "group") return groupWays;
  return seesSuperusers(ctx) ? [...permissionWays, asSuperuser] : permissionWays;
}

const branches = (ways: readonly Way[], branch: (way: Way, rank: number) => SQL): SQL =>
  sql.join(ways.map(branch), sql` union all `);

const fromOf = ({ link, to, containers }: Way): SQL =>
  containers ? sql`${link} join ${containers.from} on ${containers.id} = ${to}` : link;

const heldOf = ({ to, containers }: Way): PgColumn => containers?.held ?? to;

/** SQL for the ids of all who have `heldId`; a user with several sources comes several times. */
export const holderIds = (ways: readonly Way[], heldId: string): SQL =>
  branches(ways, (way) => sql`select ${way.user} as user_id from ${fromOf(way)} where ${heldOf(way)} = ${heldId}`);

/** SQL for "the user has `heldId`". What contains it is found once, so that a user costs one look into each link table. */
export const holds = (ways: readonly Way[], userId: SQLWrapper, heldId: string): SQL =>
  sql`exists (${branches(ways, ({ link, user, to, containers }) => {
    const wanted = containers
      ? sql`any(array(select ${containers.id} from ${containers.from} where ${containers.held} = ${heldId}))`
      : sql`${heldId}`;
    return sql`select from ${link} where ${user} = ${userId} and ${to} = ${wanted}`;
  })})`;

const NO_ID = sql`null::uuid`;

const named = (table: typeof groups | typeof bundles): SQL =>
  sql`case when ${table.id} is not null then json_build_object('id', ${table.id}, 'name', ${table.name}) end`;

/**
 * Subquery `given`: what the user has in these ways, each with its sources in a stable order (by way, group, bundle).
 * @param heldId leaves everything else out
 */
export function sourcesOf(db: Database, ways: readonly Way[], userId: SQLWrapper, heldId?: string) {
  const rows = branches(
    ways,
    (way, rank) => sql`
      select ${heldOf(way)} as held_id, ${rank}::int as rank, ${way.kind}::text as kind,
        ${way.group ?? NO_ID} as group_id, ${way.bundle ?? NO_ID} as bundle_id,
        ${way.madeBy ?? sql`null::text[]`} as made_by
      from ${fromOf(way)}
      where ${way.user} = ${userId}${heldId === undefined ? sql`` : sql` and ${heldOf(way)} = ${heldId}`}`,
  );
  return db
    .select({
      heldId: sql<string>`source.held_id`.as("held_id"),
      sources: sql<Source[]>`json_agg(
        json_strip_nulls(json_build_object('kind', source.kind, 'group', ${named(groups)}, 'bundle', ${named(bundles)},
          'madeBy', to_json(source.made_by)))
        order by source.rank, ${groups.nameCanonical}, ${bundles.nameCanonical})`.as("sources"),
    })
    .from(sql`(${rows}) source`)
    .leftJoin(groups, eq(groups.id, sql`source.group_id`))
    .leftJoin(bundles, eq(bundles.id, sql`source.bundle_id`))
    .groupBy(sql`source.held_id`)
    .as("given");
}
