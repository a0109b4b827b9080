import { eq, getTableColumns, sql } from "drizzle-orm";
import { changesBetween, recordAudit } from "@/lib/audit/record";
import { assertMayGrant, assertMayImpersonate } from "@/lib/auth/granting";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { hashPassword, passwordProblems } from "@/lib/auth/password";
import { endSessionsOf } from "@/lib/auth/session";
import { config } from "@/lib/config/env";
import { type Context, inTransaction } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { addedBy, applyRelation, heldIds, planRelations, type RelationChange, sideOf } from "@/lib/crud/relations";
import { isUniqueViolation } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { Conflict, Invalid, NotFound } from "@/lib/errors";
import { userRelations } from "./relations";
import {
  assertMayTouchSuperuser,
  assertNotAgainstSelf,
  assertSuperuserRemains,
  lockSuperusers,
  type UserState,
} from "./rules";
import type { UserInput } from "./schema";
import { checkInput, stateAfter } from "./state";

/** The verbs on users. Page, action, API, CLI and seed call these; the rules, the SQL and the audit row live here. */

export type UserRecord = typeof users.$inferSelect & {
  groupIds: string[];
  bundleIds: string[];
  permissionIds: string[];
};

/** The row, held for the rest of the transaction. */
async function lockRow(tx: Context, id: string) {
  if (!isUuid(id)) throw new NotFound();
  const [row] = await tx.db
    .select({ ...getTableColumns(users), isTimedOut: sql<boolean>`coalesce(${users.disabledAt} <= now(), false)` })
    .from(users)
    .where(eq(users.id, id))
    .for("update");
  if (!row) throw new NotFound();
  return row;
}

/**
 * A user with what is granted directly.
 * @throws NotFound
 */
export async function getUser(ctx: Context, id: string): Promise<UserRecord> {
  if (!isUuid(id)) throw new NotFound();
  const [row] = await ctx.db.select().from(users).where(eq(users.id, id));
  if (!row) throw new NotFound();
  const [groupIds, bundleIds, permissionIds] = await Promise.all([
    heldIds(ctx.db, userRelations.groupIds, id),
    heldIds(ctx.db, userRelations.bundleIds, id),
    heldIds(ctx.db, userRelations.permissionIds, id),
  ]);
  return { ...row, groupIds, bundleIds, permissionIds };
}

/** @returns the user with this login id in any spelling, or undefined */
export async function findUserByLoginId(ctx: Context, loginId: string) {
  const [row] = await ctx.db
    .select({ id: users.id, loginId: users.loginId })
    .from(users)
    .where(eq(users.loginIdCanonical, canonicalLoginId(loginId)));
  return row;
}

/** Runs a write and turns a taken login id into an error that leads to its holder. */
async function refusingTakenLoginId<T>(ctx: Context, loginId: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const holder = await findUserByLoginId(ctx, loginId);
    throw new Invalid({
      loginId: { key: "loginIdTaken", ...(holder && { href: `/admin/users/${holder.id}/edit` }) },
    });
  }
}

const relations = Object.values(userRelations);

const describe = (state: UserState & { loginId: string }, plans: RelationChange[], side: "from" | "to") => ({
  loginId: state.loginId,
  isEnabled: state.isEnabled,
  isSuperuser: state.isSuperuser,
  disabledAt: state.disabledAt?.toISOString() ?? null,
  ...sideOf(plans, side),
});

const NOTHING = {};

/**
 * Creates a user.
 * @returns the new id
 * @throws Invalid for wrong, taken or too generous input, Forbidden for what the actor may not do
 */
export async function createUser(ctx: Context, input: UserInput): Promise<string> {
  checkInput(input);
  // Without mail there is no link by which a new user could choose a password; the operator has the command line.
  if (input.password === "" && ctx.actor.kind === "user" && !config().mailEnabled) {
    throw new Invalid({ password: { key: "required" } });
  }
  const after = stateAfter(input);
  const passwordHash = input.password === "" ? null : await hashPassword(input.password);
  return refusingTakenLoginId(ctx, input.loginId, () =>
    inTransaction(ctx, async (tx) => {
      if (after.isSuperuser) await lockSuperusers(tx.db);
      await assertMayTouchSuperuser(tx, undefined, after);
      const plans = await planRelations(tx.db, relations, undefined, input);
      await assertMayGrant(tx, addedBy(plans));
      const loginId = input.loginId.trim();
      const [row] = await tx.db
        .insert(users)
        .values({
          ...after,
          loginId,
          loginIdCanonical: canonicalLoginId(loginId),
          passwordHash,
          // Who sets the password vouches for the account; otherwise a mail has to prove it.
          isVerified: passwordHash !== null,
        })
        .returning({ id: users.id });
      if (!row) throw new Error("insert returned no row");
      for (const plan of plans) await applyRelation(tx.db, plan, row.id);
      await recordAudit(tx, {
        action: "create",
        entity: "users",
        entityId: row.id,
        entityLabel: loginId,
        changes: changesBetween(NOTHING, describe({ ...after, loginId }, plans, "to")),
      });
      return row.id;
    }),
  );
}

/**
 * Saves a user as a whole.
 * @param version the one the form was loaded with
 * @throws NotFound, Conflict if somebody saved in the meantime, Invalid, Forbidden
 */
export async function updateUser(ctx: Context, id: string, version: number, input: UserInput): Promise<void> {
  checkInput(input);
  const passwordHash = input.password === "" ? null : await hashPassword(input.password);
  await refusingTakenLoginId(ctx, input.loginId, () =>
    inTransaction(ctx, async (tx) => {
      await lockSuperusers(tx.db);
      const before = await lockRow(tx, id);
      const after = stateAfter(input, before);
      await assertMayTouchSuperuser(tx, before, after);
      if (before.version !== version) throw new Conflict();
      assertNotAgainstSelf(tx, id, before, after);
      await assertSuperuserRemains(tx.db, id, before, after);

      const loginId = input.loginId.trim();
      if (passwordHash !== null || loginId !== before.loginId) await assertMayImpersonate(tx, id);
      const plans = await planRelations(tx.db, relations, id, input);
      await assertMayGrant(tx, addedBy(plans));

      await tx.db
        .update(users)
        .set({
          ...after,
          loginId,
          loginIdCanonical: canonicalLoginId(loginId),
          version: sql`${users.version} + 1`,
          updatedAt: sql`now()`,
        })
        .where(eq(users.id, id));
      for (const plan of plans) await applyRelation(tx.db, plan, id);
      await recordAudit(tx, {
        action: "update",
        entity: "users",
        entityId: id,
        entityLabel: loginId,
        changes: changesBetween(describe(before, plans, "from"), describe({ ...after, loginId }, plans, "to")),
      });
      // Crossing the line between active and not ends what was open, so that no old cookie comes back to life.
      if (!after.isEnabled || !before.isEnabled || before.isTimedOut) await endSessionsOf(tx.db, [id]);
      if (passwordHash !== null) await storePassword(tx, { id, loginId }, passwordHash);
    }),
  );
}

/** Part of a transaction: the new hash, the end of sessions opened with the old one, and the audit row. */
async function storePassword(tx: Context, user: { id: string; loginId: string }, passwordHash: string) {
  await tx.db.update(users).set({ passwordHash, isVerified: true, updatedAt: sql`now()` }).where(eq(users.id, user.id));
  const own = tx.actor.kind === "user" && tx.actor.principal.userId === user.id ? tx.actor.principal : undefined;
  await endSessionsOf(tx.db, [user.id], own?.sessionId);
  await recordAudit(tx, { action: "set-password", entity: "users", entityId: user.id, entityLabel: user.loginId });
}

/**
 * Sets a password, marks the account as verified, and ends the user's other sessions.
 * @throws NotFound, Invalid if the password policy says no
 */
export async function setPassword(ctx: Context, loginId: string, password: string): Promise<void> {
  const [problem] = passwordProblems(password);
  if (problem) throw new Invalid({ password: problem });
  const passwordHash = await hashPassword(password);
  await inTransaction(ctx, async (tx) => {
    const user = await findUserByLoginId(tx, loginId);
    if (!user) throw new NotFound("userNotFound");
    await assertMayImpersonate(tx, user.id);
    await storePassword(tx, user, passwordHash);
  });
}

/** Remembers the language that a user chose. */
export async function setLocale(ctx: Context, userId: string, locale: string): Promise<void> {
  await ctx.db.update(users).set({ locale }).where(eq(users.id, userId));
}
