import { eq, inArray } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { bundlePermissions, groupBundles, groupPermissions, permissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { type FieldProblems, Forbidden, Invalid } from "@/lib/errors";
import { authorityNow } from "./actor";
import { effectivePermissions } from "./effective-permissions";

/** Ids that a save would newly give to somebody, by form field. */
export type NewGrants = { permissionIds?: string[]; bundleIds?: string[]; groupIds?: string[] };

const tokenById = { token: permissions.token };

async function tokensOfPermissions(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db.select(tokenById).from(permissions).where(inArray(permissions.id, ids));
  return rows.map(({ token }) => token);
}

async function tokensOfBundles(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db
    .select(tokenById)
    .from(bundlePermissions)
    .innerJoin(permissions, eq(permissions.id, bundlePermissions.permissionId))
    .where(inArray(bundlePermissions.bundleId, ids));
  return rows.map(({ token }) => token);
}

async function tokensOfGroups(db: Database, ids: string[]): Promise<string[]> {
  const direct = db
    .select(tokenById)
    .from(groupPermissions)
    .innerJoin(permissions, eq(permissions.id, groupPermissions.permissionId))
    .where(inArray(groupPermissions.groupId, ids));
  const byBundle = db
    .select(tokenById)
    .from(groupBundles)
    .innerJoin(bundlePermissions, eq(bundlePermissions.bundleId, groupBundles.bundleId))
    .innerJoin(permissions, eq(permissions.id, bundlePermissions.permissionId))
    .where(inArray(groupBundles.groupId, ids));
  const rows = await unionAll(direct, byBundle);
  return rows.map(({ token }) => token);
}

const tokensBehind: Record<keyof NewGrants, (db: Database, ids: string[]) => Promise<string[]>> = {
  permissionIds: tokensOfPermissions,
  bundleIds: tokensOfBundles,
  groupIds: tokensOfGroups,
};

/**
 * Nobody gives more than they hold: only a superuser gives permissions (also by a bundle or a group) that the actor lacks.
 * @throws Invalid on each field that would, naming the permissions
 */
export async function assertMayGrant(ctx: Context, grants: NewGrants): Promise<void> {
  const held = await authorityNow(ctx);
  if (held === "everything") return;
  const problems: FieldProblems = {};
  for (const field of Object.keys(tokensBehind) as (keyof NewGrants)[]) {
    const ids = grants[field] ?? [];
    if (ids.length === 0) continue;
    const lacking = [...new Set(await tokensBehind[field](ctx.db, ids))].filter((token) => !held.has(token)).sort();
    if (lacking.length > 0) problems[field] = { key: "grantsTooMuch", params: { permissions: lacking.join(", ") } };
  }
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
}

/**
 * Whoever sets a password or a login id can become that user, so it takes every permission that the user has.
 * @throws Forbidden if the actor lacks one of them
 */
export async function assertMayImpersonate(ctx: Context, userId: string): Promise<void> {
  const held = await authorityNow(ctx);
  if (held === "everything") return;
  const [target] = await ctx.db
    .select({ isSuperuser: users.isSuperuser, tokens: effectivePermissions(users.id) })
    .from(users)
    .where(eq(users.id, userId));
  const isCovered = target && !target.isSuperuser && target.tokens.every((token) => held.has(token));
  if (!isCovered) throw new Forbidden("userHoldsMore");
}
