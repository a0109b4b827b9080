import { and, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { type Owner, ownersOf } from "@/lib/attempts/owners";
import { recordAudits } from "@/lib/audit/record";
import { type Context, inTransaction } from "@/lib/context";
import type { Outcome } from "@/lib/crud/entity";
import { isUuid } from "@/lib/crud/ids";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { NotFound } from "@/lib/errors";

/** Budgets of attempts that are locked: who must wait until when, and how to let them try again before. */

export type Lock = Pick<typeof attemptBudgets.$inferSelect, "id" | "type" | "scope" | "key"> & { lockedUntil: Date };

/** Whether a budget is locked at this moment; a lock that has run out is none. */
export const isLocked = (): SQL => gt(attemptBudgets.lockedUntil, sql`now()`);

const lockColumns = {
  id: attemptBudgets.id,
  type: attemptBudgets.type,
  scope: attemptBudgets.scope,
  key: attemptBudgets.key,
  lockedUntil: sql<Date>`${attemptBudgets.lockedUntil}`.mapWith(attemptBudgets.lockedUntil),
};

/** An account that exists has a history in which it is looked for; everything else is known by its key only. */
function auditOf({ id, type, scope, key, lockedUntil }: Lock, owners: Map<string, Owner>) {
  const owner = scope === "account" ? owners.get(key) : undefined;
  return {
    action: "unlock",
    ...(owner
      ? { entity: "users", entityId: owner.id, entityLabel: owner.loginId }
      : { entity: "locks", entityId: id, entityLabel: key }),
    changes: { type: { from: type, to: null }, lockedUntil: { from: lockedUntil.toISOString(), to: null } },
  };
}

/** Lifts locks in the transaction of `tx`. */
async function lift(tx: Context, ids: string[]): Promise<Lock[]> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return [];
  const locks: Lock[] = await tx.db
    .select(lockColumns)
    .from(attemptBudgets)
    .where(and(inArray(attemptBudgets.id, known), isLocked()))
    // Accounts before addresses, as the limiter takes them, so that nobody waits in a ring.
    .orderBy(attemptBudgets.scope, attemptBudgets.id)
    .for("update");
  if (locks.length === 0) return [];
  const lockIds = locks.map(({ id }) => id);
  await tx.db.delete(attemptBudgets).where(inArray(attemptBudgets.id, lockIds));
  const accounts = locks.flatMap(({ scope, key }) => (scope === "account" ? key : []));
  const owners = await ownersOf(tx, accounts);
  await recordAudits(
    tx,
    locks.map((lock) => auditOf(lock, owners)),
  );
  return locks;
}

/**
 * Lifts locks and forgets what led to them, with one audit row each.
 * @returns the locks that were lifted; what was not locked any more is left alone, and is not among them
 */
export const unlock = (ctx: Context, ids: string[]): Promise<Lock[]> => inTransaction(ctx, (tx) => lift(tx, ids));

/** The same as part of a transaction, told one by one: for bulk actions and the API. */
export async function unlockIn(tx: Context, ids: string[]): Promise<Outcome[]> {
  const lifted = new Map((await lift(tx, ids)).map((lock) => [lock.id, lock]));
  return ids.map((id): Outcome => {
    const lock = lifted.get(id);
    if (!lock) return { id, label: "", result: "refused", error: new NotFound() };
    return { id, label: lock.key, result: "changed" };
  });
}

/** The lock that keeps a user from signing in, if there is one. */
export async function signInLockOf(ctx: Context, userId: string): Promise<Lock | undefined> {
  if (!isUuid(userId)) return undefined;
  const [lock] = await ctx.db
    .select(lockColumns)
    .from(users)
    .innerJoin(
      attemptBudgets,
      and(
        eq(attemptBudgets.type, "login"),
        eq(attemptBudgets.scope, "account"),
        eq(attemptBudgets.key, users.loginIdCanonical),
      ),
    )
    .where(and(eq(users.id, userId), isLocked()));
  return lock;
}
