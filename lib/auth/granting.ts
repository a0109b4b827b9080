import { eq, inArray, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { bundlePermissions, groupBundles, groupPermissions, permissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { type FieldProblems, Forbidden, TooGenerous } from "@/lib/errors";
import { authorityNow } from "./actor";
import { effectivePermissions } from "./effective-permissions";

/** Ids that a save would newly give to somebody, by form field. */
export type NewGrants = { permissionIds?: string[]; bundleIds?: string[]; groupIds?: string[] };

export type GrantField = keyof NewGrants;

const FIELDS: GrantField[] = ["permissionIds", "bundleIds", "groupIds"];

type Behind = { id: string; token: string };

const behind = (id: SQL<string>) => ({ id, token: permissions.token });

function behindPermissions(db: Database, ids: string[]): Promise<Behind[]> {
  return db
    .select(behind(sql`${permissions.id}`))
    .from(permissions)
    .where(inArray(permissions.id, ids));
}

function behindBundles(db: Database, ids: string[]): Promise<Behind[]> {
  return db
    .select(behind(sql`${bundlePermissions.bundleId}`))
    .from(bundlePermissions)
    .innerJoin(permissions, eq(permissions.id, bundlePermissions.permissionId))
    .where(inArray(bundlePermissions.bundleId, ids));
}

function behindGroups(db: Database, ids: string[]): Promise<Behind[]> {
  const direct = db
    .select(behind(sql`${groupPermissions.groupId}`))
    .from(groupPermissions)
    .innerJoin(permissions, eq(permissions.id, groupPermissions.permissionId))
    .where(inArray(groupPermissions.groupId, ids));
  const byBundle = db
    .select(behind(sql`${groupBundles.groupId}`))
    .from(groupBundles)
    .innerJoin(bundlePermissions, eq(bundlePermissions.bundleId, groupBundles.bundleId))
    .innerJoin(permissions, eq(permissions.id, bundlePermissions.permissionId))
    .where(inArray(groupBundles.groupId, ids));
  return unionAll(direct, byBundle);
}

const lookups: Record<GrantField, (db: Database, ids: string[]) => Promise<Behind[]>> = {
  permissionIds: behindPermissions,
  bundleIds: behindBundles,
  groupIds: behindGroups,
};

/**
 * What the actor may not give of `ids` because it holds permissions that the actor lacks.
 * @returns those permissions by id; ids that may be given are left out
 */
export async function lackingBehind(ctx: Context, field: GrantField, ids: string[]): Promise<Map<string, string[]>> {
  const lacking = new Map<string, string[]>();
  const held = ids.length === 0 ? "everything" : await authorityNow(ctx);
  if (held === "everything") return lacking;
  for (const { id, token } of await lookups[field](ctx.db, ids)) {
    if (!held.has(token)) lacking.set(id, [...(lacking.get(id) ?? []), token]);
  }
  return lacking;
}

/**
 * Nobody gives more than they hold: only a superuser gives permissions (also by a bundle or a group) that the actor lacks.
 * Looks up once what `all` would give.
 * @returns a judge of single grants out of `all`, who throws TooGenerous on each field that gives too much, naming the
 *   permissions
 */
export async function grantJudge(ctx: Context, all: readonly NewGrants[]): Promise<(grants: NewGrants) => void> {
  const lacking = {} as Record<GrantField, Map<string, string[]>>;
  for (const field of FIELDS) {
    const ids = [...new Set(all.flatMap((grants) => grants[field] ?? []))];
    lacking[field] = await lackingBehind(ctx, field, ids);
  }
  return (grants) => {
    const problems: FieldProblems = {};
    for (const field of FIELDS) {
      const tokens = new Set((grants[field] ?? []).flatMap((id) => lacking[field].get(id) ?? []));
      if (tokens.size === 0) continue;
      problems[field] = { key: "grantsTooMuch", params: { permissions: [...tokens].sort().join(", ") } };
    }
    if (Object.keys(problems).length > 0) throw new TooGenerous(problems);
  };
}

/**
 * Whoever sets a password or a login id can become that user, so it takes every permission that the user has.
 * @returns the ids out of `userIds` whom the actor may not become
 */
export async function notImpersonable(ctx: Context, userIds: string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const held = await authorityNow(ctx);
  if (held === "everything") return new Set();
  const targets = await ctx.db
    .select({ id: users.id, isSuperuser: users.isSuperuser, tokens: effectivePermissions(users.id) })
    .from(users)
    .where(inArray(users.id, userIds));
  const covered = targets.filter(({ isSuperuser, tokens }) => !isSuperuser && tokens.every((token) => held.has(token)));
  return new Set(userIds.filter((id) => !covered.some((target) => target.id === id)));
}

/** @throws Forbidden if the user has a permission that the actor lacks; see `notImpersonable` */
export async function assertMayImpersonate(ctx: Context, userId: string): Promise<void> {
  if ((await notImpersonable(ctx, [userId])).size > 0) throw new Forbidden("userHoldsMore");
}
