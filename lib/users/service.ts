import { eq } from "drizzle-orm";
import { assertMayImpersonate } from "@/lib/auth/granting";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { hashPassword } from "@/lib/auth/password";
import { assertPasswordAllowed } from "@/lib/auth/password-policy";
import { type Context, inTransaction } from "@/lib/context";
import { deleteRecord } from "@/lib/crud/delete";
import { isUuid } from "@/lib/crud/ids";
import { heldByAll } from "@/lib/crud/record";
import { createRecord, saveIn, updateRecord } from "@/lib/crud/save";
import { users } from "@/lib/db/schema/users";
import { NotFound } from "@/lib/errors";
import { userEntity } from "./entity";
import type { UserInput } from "./schema";

/** The verbs on users for those who call them by name: command line, seed, sign-in and tests. The rules are in rules.ts. */

export type UserRecord = typeof users.$inferSelect & {
  groupIds: string[];
  bundleIds: string[];
  permissionIds: string[];
};

/**
 * A user with what is granted directly.
 * @throws NotFound
 */
export async function getUser(ctx: Context, id: string): Promise<UserRecord> {
  if (!isUuid(id)) throw new NotFound();
  const [row] = await ctx.db.select().from(users).where(eq(users.id, id));
  if (!row) throw new NotFound();
  const { groupIds = [], bundleIds = [], permissionIds = [] } = (await heldByAll(ctx, userEntity, [id]))(id);
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

/**
 * Creates a user.
 * @returns the new id
 * @throws Invalid for wrong, taken or too generous input, Forbidden for what the actor may not do
 */
export const createUser = (ctx: Context, input: UserInput): Promise<string> => createRecord(ctx, userEntity, input);

/**
 * Saves a user as a whole.
 * @param version the one the form was loaded with
 * @throws NotFound, Conflict if somebody saved in the meantime, Invalid, Forbidden
 */
export const updateUser = (ctx: Context, id: string, version: number, input: UserInput): Promise<void> =>
  updateRecord(ctx, userEntity, id, version, input);

/**
 * Deletes a user with sessions and grants.
 * @throws NotFound, Forbidden, Conflict where something else needs the user
 */
export const deleteUser = (ctx: Context, id: string): Promise<void> => deleteRecord(ctx, userEntity, id);

/**
 * Sets a password, marks the account as verified, and ends the user's other sessions.
 * @throws NotFound, Invalid if the password policy says no
 */
export async function setPassword(ctx: Context, loginId: string, password: string): Promise<void> {
  const user = await findUserByLoginId(ctx, loginId);
  if (!user) throw new NotFound("userNotFound");
  await assertPasswordAllowed(password, user);
  const passwordHash = await hashPassword(password);
  await inTransaction(ctx, async (tx) => {
    await assertMayImpersonate(tx, user.id);
    const [outcome] = await saveIn(tx, userEntity, [{ id: user.id, patch: () => ({}) }], {
      passwordHash,
      isVerified: true,
    });
    if (outcome?.result === "refused") throw outcome.error;
  });
}

/** Remembers the language that a user chose. */
export async function setLocale(ctx: Context, userId: string, locale: string): Promise<void> {
  await ctx.db.update(users).set({ locale }).where(eq(users.id, userId));
}
