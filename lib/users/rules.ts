import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { isActive } from "@/lib/auth/active";
import { authorityNow } from "@/lib/auth/actor";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { Forbidden } from "@/lib/errors";

/** What is looked at before a user is changed, whoever asks and whichever way. */
export type UserState = { isEnabled: boolean; isSuperuser: boolean; disabledAt: Date | null };

const SUPERUSER_LOCK = 7_411_2029;

const same = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime();

/**
 * Only a superuser, or the operator at the command line, touches superusers and their flag. Call it under
 * `lockSuperusers`, or two of them could demote each other.
 */
export async function assertMayTouchSuperuser(
  ctx: Context,
  before: UserState | undefined,
  after: UserState,
): Promise<void> {
  if (!before?.isSuperuser && !after.isSuperuser) return;
  if ((await authorityNow(ctx)) !== "everything") throw new Forbidden("superusersOnly");
}

/** Nobody disables or demotes themselves: it is a mistake more often than a wish, and it locks people out. */
export function assertNotAgainstSelf(ctx: Context, userId: string, before: UserState, after: UserState): void {
  if (ctx.actor.kind !== "user" || ctx.actor.principal.userId !== userId) return;
  const disables =
    (before.isEnabled && !after.isEnabled) || (after.disabledAt && !same(before.disabledAt, after.disabledAt));
  if (disables) throw new Forbidden("disablesSelf");
  if (before.isSuperuser && !after.isSuperuser) throw new Forbidden("demotesSelf");
}

/**
 * Takes turns with everybody else who is about to change a superuser. Call it before reading the user, so that what is
 * read cannot change until the transaction ends.
 */
export async function lockSuperusers(db: Database): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(${SUPERUSER_LOCK})`);
}

/** Under `lockSuperusers`: refuses what would leave no active superuser without a date of disabling. */
export async function assertSuperuserRemains(
  db: Database,
  userId: string,
  before: UserState,
  after: UserState,
): Promise<void> {
  const staysOne = after.isSuperuser && after.isEnabled && after.disabledAt === null;
  if (!before.isSuperuser || staysOne) return;
  const [other] = await db
    .select({ id: users.id })
    .from(users)
    .where(and(ne(users.id, userId), eq(users.isSuperuser, true), isNull(users.disabledAt), isActive()))
    .limit(1);
  if (!other) throw new Forbidden("lastSuperuser");
}
