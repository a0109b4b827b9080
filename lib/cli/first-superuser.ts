import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { keepsPasswords } from "@/lib/auth/domains";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";

export type NewCredentials = { loginId: string; password: string };

/** Adds a superuser; fails like `createUser` does. */
export async function createSuperuser(ctx: Context, { loginId, password }: NewCredentials): Promise<void> {
  await createUser(ctx, { ...newUser, loginId, isSuperuser: true, password, confirm: password });
}

/** Whether anybody may do everything already. */
export async function hasSuperuser(ctx: Context): Promise<boolean> {
  const [row] = await ctx.db.select({ id: users.id }).from(users).where(eq(users.isSuperuser, true)).limit(1);
  return row !== undefined;
}

/** Random, and broken into groups so short that no word of four letters can turn up by chance and be refused. */
function randomPassword(): string {
  const bytes = randomBytes(Math.max(16, config().PASSWORD_MIN_LENGTH));
  return bytes.toString("base64url").replace(/(.{3})(?=.)/g, "$1-");
}

/**
 * For development: on a database without users, a superuser with a random password, or with none where a directory or a
 * provider knows it.
 * @returns the credentials, which are stored nowhere; undefined if there are users already
 */
export async function createFirstSuperuser(ctx: Context): Promise<NewCredentials | undefined> {
  if (config().isProduction) return undefined;
  const [anybody] = await ctx.db.select({ id: users.id }).from(users).limit(1);
  if (anybody) return undefined;
  const credentials = {
    loginId: config().LOGIN_ID === "email" ? "admin@example.com" : "admin",
    password: keepsPasswords() ? randomPassword() : "",
  };
  await createSuperuser(ctx, credentials);
  return credentials;
}
