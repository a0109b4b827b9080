import { asc, desc, eq, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { database } from "@/lib/db/client";
import * as access from "@/lib/db/schema/access";
import { sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";

/** Looks into the database, for what a verb must or must not have written. */

/** The audit rows on one record, oldest first. */
export const auditOf = (entityId: string) =>
  database().select().from(auditEvents).where(eq(auditEvents.entityId, entityId)).orderBy(asc(auditEvents.id));

/** The newest audit row on one record. */
export async function lastAuditOf(entityId: string) {
  const [row] = await database()
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.entityId, entityId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return row;
}

/** A user's row as it is stored. */
export async function storedUser(id: string) {
  const [row] = await database().select().from(users).where(eq(users.id, id));
  if (!row) throw new Error(`There is no user ${id}.`);
  return row;
}

const linkTables: Record<string, PgTable> = {
  userPermissions: access.userPermissions,
  userBundles: access.userBundles,
  userGroups: access.userGroups,
  groupPermissions: access.groupPermissions,
  groupBundles: access.groupBundles,
  bundlePermissions: access.bundlePermissions,
};

const everyTable: Record<string, PgTable> = {
  users,
  sessions,
  auditEvents,
  groups: access.groups,
  bundles: access.bundles,
  permissions: access.permissions,
  ...linkTables,
};

async function contentsOf(tables: Record<string, PgTable>): Promise<Record<string, string[]>> {
  const contents = await Promise.all(
    Object.entries(tables).map(async ([name, table]) => {
      const rows = await database()
        .select({ row: sql<string>`xmin || ' ' || ctid || ' ' || ${table}::text` })
        .from(table);
      return [name, rows.map(({ row }) => row).sort()] as const;
    }),
  );
  return Object.fromEntries(contents);
}

/** Every row of every table with its row version: equal before and after means that nothing was written at all. */
export const everythingStored = () => contentsOf(everyTable);

/** The same for the tables that link users, groups, bundles and permissions. */
export const linksStored = () => contentsOf(linkTables);
