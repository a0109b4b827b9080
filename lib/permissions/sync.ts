import { inArray, notInArray, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { inTransaction, noRequest } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { correlated } from "@/lib/db/correlated";
import { bundlePermissions, groupPermissions, permissions as table, userPermissions } from "@/lib/db/schema/access";
import { announce } from "@/lib/events/announce";
import { permissions as declared } from "@/lib/permissions";

export type SyncResult = {
  added: string[];
  updated: string[];
  /** Tokens no longer declared, with the number of grants (to users, groups and bundles) that go with them. */
  removed: { token: string; grants: number }[];
};

const SYNC_LOCK = 7_411_2028;

const grantsOf = (id: typeof table.id) =>
  correlated(sql<number>`(
  (select count(*) from ${userPermissions} where ${userPermissions.permissionId} = ${id})
  + (select count(*) from ${groupPermissions} where ${groupPermissions.permissionId} = ${id})
  + (select count(*) from ${bundlePermissions} where ${bundlePermissions.permissionId} = ${id}))::int`);

/**
 * Brings the permissions table in line with lib/permissions.ts: inserts missing ones, updates descriptions, removes what
 * is not declared. Processes that do so at the same moment queue up.
 * @param dryRun only tells what would happen
 * @param afterCommit where `db` is a transaction: takes what is to be done once it is committed
 */
export async function syncPermissions(
  db: Database,
  {
    dryRun = false,
    declaration = declared as Record<string, string>,
    afterCommit,
  }: { dryRun?: boolean; declaration?: Record<string, string>; afterCommit?: (() => void)[] } = {},
): Promise<SyncResult> {
  const outer = { db, request: noRequest, ...(afterCommit && { afterCommit }) };
  return inTransaction({ actor: { kind: "system" }, ...outer }, async (ctx) => {
    const { db: tx } = ctx;
    await tx.execute(sql`select pg_advisory_xact_lock(${SYNC_LOCK})`);
    const tokens = Object.keys(declaration);
    const existing = new Map(
      (await tx.select({ token: table.token, description: table.description }).from(table)).map((row) => [
        row.token,
        row.description,
      ]),
    );
    const removed = await tx
      .select({ token: table.token, grants: grantsOf(table.id) })
      .from(table)
      .where(notInArray(table.token, tokens))
      .orderBy(table.token);
    const added = tokens.filter((token) => !existing.has(token));
    const updated = tokens.filter((token) => existing.has(token) && existing.get(token) !== declaration[token]);
    const result = { added, updated, removed };
    if (dryRun) return result;

    const rows = [...added, ...updated].map((token) => ({ token, description: declaration[token] ?? "" }));
    if (rows.length > 0) {
      await tx
        .insert(table)
        .values(rows)
        .onConflictDoUpdate({
          target: table.token,
          set: { description: sql`excluded.description`, updatedAt: sql`now()` },
        });
    }
    const gone = removed.map(({ token }) => token);
    if (gone.length > 0) await tx.delete(table).where(inArray(table.token, gone));
    if (rows.length + gone.length > 0) {
      await recordAudit(ctx, {
        action: "sync",
        entity: "permissions",
        changes: { tokens: { from: [...existing.keys()].sort(), to: tokens } },
      });
      announce(ctx, "permissionsSynced", result);
    }
    return result;
  });
}
