import { and, arrayContains, eq, inArray, not, or, sql } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import type { Context } from "@/lib/context";
import { canonicalName } from "@/lib/crud/name";
import { groups, userGroups } from "@/lib/db/schema/access";
import { logOf } from "@/lib/log/log";

const log = logOf("auth");

/**
 * Groups that a way in puts people into, recomputed at each sign-in by it. They are kept apart from those that somebody
 * here has chosen: neither side takes away what the other has given.
 */

type Named = { id: string; name: string };

const idsOf = (named: readonly Named[]) => named.map(({ id }) => id);

async function wantedGroups(tx: Context, source: string, names: readonly string[]): Promise<Named[]> {
  const canonical = [...new Set(names.map(canonicalName))];
  if (canonical.length === 0) return [];
  const found = await tx.db
    .select({ id: groups.id, name: groups.name, canonical: groups.nameCanonical })
    .from(groups)
    .where(inArray(groups.nameCanonical, canonical));
  const missing = canonical.filter((name) => !found.some((group) => group.canonical === name));
  if (missing.length > 0) {
    log.warn("the group map names groups that do not exist here", { source, missing });
  }
  return found;
}

async function take(tx: Context, userId: string, source: string, gone: readonly Named[]): Promise<void> {
  if (gone.length === 0) return;
  const links = and(eq(userGroups.userId, userId), inArray(userGroups.groupId, idsOf(gone)));
  const hasOtherReason = or(userGroups.byHand, sql`cardinality(${userGroups.sources}) > 1`) ?? sql`false`;
  await tx.db.delete(userGroups).where(and(links, not(hasOtherReason)));
  await tx.db
    .update(userGroups)
    .set({ sources: sql`array_remove(${userGroups.sources}, ${source})` })
    .where(links);
}

async function give(tx: Context, userId: string, source: string, fresh: readonly Named[]): Promise<void> {
  if (fresh.length === 0) return;
  await tx.db
    .insert(userGroups)
    .values(fresh.map(({ id }) => ({ userId, groupId: id, byHand: false, sources: [source] })))
    .onConflictDoUpdate({
      target: [userGroups.userId, userGroups.groupId],
      set: { sources: sql`array_append(${userGroups.sources}, ${source})` },
    });
}

/**
 * Makes the groups that `source` gives the user those of `names`. Part of a transaction that has locked the user's row.
 * Names that no group has are left out, and told to the operator.
 */
export async function syncGroups(
  tx: Context,
  user: { id: string; loginId: string },
  source: string,
  names: readonly string[],
): Promise<void> {
  const wanted = await wantedGroups(tx, source, names);
  const present = await tx.db
    .select({ id: groups.id, name: groups.name })
    .from(userGroups)
    .innerJoin(groups, eq(groups.id, userGroups.groupId))
    .where(and(eq(userGroups.userId, user.id), arrayContains(userGroups.sources, [source])));
  const without = (all: readonly Named[], some: readonly Named[]) =>
    all.filter(({ id }) => !some.some((other) => other.id === id));
  const [gone, fresh] = [without(present, wanted), without(wanted, present)];
  if (gone.length + fresh.length === 0) return;
  await take(tx, user.id, source, gone);
  await give(tx, user.id, source, fresh);
  const namesOf = (all: readonly Named[]) => all.map(({ name }) => name).sort();
  await recordAudit(tx, {
    action: "sync",
    entity: "users",
    entityId: user.id,
    entityLabel: user.loginId,
    changes: { groupIds: { from: namesOf(present), to: namesOf(wanted) } },
  });
}
