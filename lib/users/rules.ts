import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { isActive } from "@/lib/auth/active";
import { authorityNow } from "@/lib/auth/actor";
import { leavesClaimedDomain } from "@/lib/auth/domains";
import { grantJudge, notImpersonable } from "@/lib/auth/granting";
import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Context } from "@/lib/context";
import type { Change, Judge } from "@/lib/crud/entity";
import { addedBy } from "@/lib/crud/relations";
import type { Database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { Conflict, Forbidden, Invalid } from "@/lib/errors";

/** Who may do what to whom, whoever asks and whichever way: form, bulk action, API or command line. */

/** What the rules look at. */
export type UserState = { isEnabled: boolean; isSuperuser: boolean; disabledAt: Date | null };

const SUPERUSER_LOCK = 7_411_2029;

const same = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime();

const stateOf = (row: unknown) => row as UserState & { isTimedOut?: boolean };

/** Whether a superuser who can sign in now is none any more afterwards, or has a new date on which that ends. */
function stopsBeingSuperuser({ before, after }: Change): boolean {
  if (!before) return false;
  const was = stateOf(before);
  if (!was.isSuperuser || !was.isEnabled || was.isTimedOut) return false;
  if (!after) return true;
  const is = stateOf(after);
  return !is.isSuperuser || !is.isEnabled || (is.disabledAt !== null && !same(was.disabledAt, is.disabledAt));
}

/**
 * Takes turns with everybody else who is about to change a superuser, so that two of them cannot demote each other. Part
 * of a transaction that has not locked any user yet; does nothing where no superuser is concerned.
 */
export async function lockSuperusers(db: Database, ids: string[], promotes: boolean): Promise<void> {
  const [superuser] =
    promotes || ids.length === 0
      ? [promotes]
      : await db
          .select({ id: users.id })
          .from(users)
          .where(and(inArray(users.id, ids), eq(users.isSuperuser, true)))
          .limit(1);
  if (superuser) await db.execute(sql`select pg_advisory_xact_lock(${SUPERUSER_LOCK})`);
}

/**
 * Makes sure that the turn is ours now that the rows are locked. Whoever was promoted between the two looks is left
 * alone: waiting here could make two transactions wait for each other.
 * @throws Conflict
 */
async function assertSuperusersLocked(db: Database): Promise<void> {
  const { rows } = await db.execute<{ ours: boolean }>(
    sql`select pg_try_advisory_xact_lock(${SUPERUSER_LOCK}) as ours`,
  );
  if (!rows[0]?.ours) throw new Conflict();
}

/** The superusers who are active and have no date on which that ends. */
async function stayingSuperusers(db: Database): Promise<Set<string>> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.isSuperuser, true), isNull(users.disabledAt), isActive()));
  return new Set(rows.map(({ id }) => id));
}

/** Nobody disables, demotes or deletes themselves: it is a mistake more often than a wish, and it locks people out. */
function assertNotAgainstSelf(ctx: Context, { id, before, after }: Change): void {
  if (ctx.actor.kind !== "user" || ctx.actor.principal.userId !== id || !before) return;
  if (!after) throw new Forbidden("deletesSelf");
  const [was, is] = [stateOf(before), stateOf(after)];
  if ((was.isEnabled && !is.isEnabled) || (is.disabledAt && !same(was.disabledAt, is.disabledAt))) {
    throw new Forbidden("disablesSelf");
  }
  if (was.isSuperuser && !is.isSuperuser) throw new Forbidden("demotesSelf");
}

/** Whoever moved to another domain would come in by other ways than the company that claims this one allows. */
function assertStaysInDomain({ before, after }: Change): void {
  if (!before || !after) return;
  const [was, is] = [before.loginId, after.loginId].map((loginId) => canonicalLoginId(String(loginId)));
  if (was !== undefined && is !== undefined && leavesClaimedDomain(was, is)) {
    throw new Invalid({ loginId: { key: "domainFixed" } });
  }
}

/** Whether whoever can read this change's outcome could sign in as the user. */
const takesOver = ({ before, after }: Change) =>
  before !== undefined &&
  after !== undefined &&
  (before.loginId !== after.loginId || before.passwordHash !== after.passwordHash);

/**
 * The rules of a set of changes, with what they need looked up once. Call it when the users' rows are locked.
 * A superuser is touched only by superusers and by the operator at the command line, and the last one who is active and
 * stays so remains.
 */
export async function userJudge(tx: Context, changes: Change[]): Promise<Judge> {
  const touchesSuperuser = ({ before, after }: Change) =>
    Boolean((before && stateOf(before).isSuperuser) || (after && stateOf(after).isSuperuser));
  const concernsSuperusers = changes.some(touchesSuperuser);
  if (concernsSuperusers) await assertSuperusersLocked(tx.db);
  const isTrusted = !concernsSuperusers || (await authorityNow(tx)) === "everything";
  const staying = concernsSuperusers ? await stayingSuperusers(tx.db) : new Set<string>();
  const notToBecome = await notImpersonable(
    tx,
    changes.filter(takesOver).map(({ id }) => id),
  );
  const judgeGrants = await grantJudge(
    tx,
    changes.map(({ relations }) => addedBy(relations)),
  );
  return (change) => {
    const { id, relations } = change;
    if (touchesSuperuser(change) && !isTrusted) throw new Forbidden("superusersOnly");
    assertNotAgainstSelf(tx, change);
    assertStaysInDomain(change);
    const leaves = stopsBeingSuperuser(change);
    if (leaves && [...staying].every((one) => one === id)) throw new Forbidden("lastSuperuser");
    if (notToBecome.has(id)) throw new Forbidden("userHoldsMore");
    judgeGrants(addedBy(relations));
    // The next of this set is judged by what this one leaves.
    if (leaves) staying.delete(id);
  };
}
