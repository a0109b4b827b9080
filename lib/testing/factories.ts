import { randomUUID } from "node:crypto";
import { eq, inArray } from "drizzle-orm";
import type { SessionPrincipal } from "@/lib/auth/principal";
import { findPrincipal, startSession } from "@/lib/auth/session";
import { createBundle } from "@/lib/bundles/service";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { permissions as permissionTable } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import type { Permission } from "@/lib/permissions";
import type { UserInput } from "@/lib/users/schema";
import { createUser, type UserRecord } from "@/lib/users/service";
import { testContext } from "./context";

/** Makers of records for tests. They go through the verbs of the app, as the operator at the command line. */

/** A declared permission, or one that `declareTestPermissions` has added. */
export type TestPermission = Permission | (string & {});

/** A name that nothing else in the database has. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 13)}`;

/**
 * Adds permissions that the app does not declare, for tests that need several.
 * @returns their ids by token
 */
export async function declareTestPermissions<Token extends string>(
  tokens: readonly Token[],
): Promise<Record<Token, string>> {
  await database()
    .insert(permissionTable)
    .values(tokens.map((token) => ({ token, description: `Test permission ${token}` })))
    .onConflictDoNothing();
  const ids = await permissionIdsOf(tokens);
  return Object.fromEntries(tokens.map((token, index) => [token, ids[index]])) as Record<Token, string>;
}

/**
 * The ids of permissions, in the order of `tokens`.
 * @throws Error naming a token that the table does not have
 */
export async function permissionIdsOf(tokens: readonly TestPermission[]): Promise<string[]> {
  const rows = await database()
    .select({ id: permissionTable.id, token: permissionTable.token })
    .from(permissionTable)
    .where(inArray(permissionTable.token, [...tokens]));
  const byToken = new Map(rows.map(({ id, token }) => [token, id]));
  return tokens.map((token) => {
    const id = byToken.get(token);
    if (!id) throw new Error(`There is no permission ${token}: declare it with declareTestPermissions.`);
    return id;
  });
}

/**
 * A bundle with these permissions.
 * @returns its id
 */
export async function createTestBundle(
  options: { name?: string; permissions?: readonly TestPermission[] } = {},
): Promise<string> {
  return createBundle(testContext(), {
    name: options.name ?? uniqueName("bundle"),
    permissionIds: await permissionIdsOf(options.permissions ?? []),
  });
}

/**
 * A group with these permissions and bundles (ids).
 * @returns its id
 */
export async function createTestGroup(
  options: { name?: string; permissions?: readonly TestPermission[]; bundles?: string[] } = {},
): Promise<string> {
  return createGroup(testContext(), {
    name: options.name ?? uniqueName("group"),
    permissionIds: await permissionIdsOf(options.permissions ?? []),
    bundleIds: options.bundles ?? [],
  });
}

/** What a user form sends when nothing but the given fields was filled in. */
export function userInput(fields: Partial<UserInput> = {}): UserInput {
  const nothing = { disabledAt: "", groupIds: [], bundleIds: [], permissionIds: [], password: "", confirm: "" };
  return { ...nothing, loginId: newLoginId(), isEnabled: true, isSuperuser: false, ...fields };
}

/** What the form of `record` sends when only the given fields were changed. */
export function editedInput(record: UserRecord, fields: Partial<UserInput> = {}): UserInput {
  const { loginId, isEnabled, isSuperuser, groupIds, bundleIds, permissionIds } = record;
  const disabledAt = record.disabledAt?.toISOString().slice(0, 10) ?? "";
  return userInput({ loginId, isEnabled, isSuperuser, disabledAt, groupIds, bundleIds, permissionIds, ...fields });
}

const newLoginId = () => (config().LOGIN_ID === "email" ? `${uniqueName("user")}@example.com` : uniqueName("user"));

export type TestUserOptions = {
  loginId?: string;
  /** Left out, the user has none, which saves the time of hashing. */
  password?: string;
  permissions?: readonly TestPermission[];
  isSuperuser?: boolean;
  isEnabled?: boolean;
  /** True unless said otherwise. */
  isVerified?: boolean;
  disabledAt?: Date;
  /** Ids, as `createTestGroup` returns them. */
  groups?: string[];
  /** Ids, as `createTestBundle` returns them. */
  bundles?: string[];
};

export type TestUser = { id: string; loginId: string };

/**
 * A user who can sign in and may do what the options say; by default an active one without any permission.
 *
 * ```ts
 * const clerk = await createTestUser({ permissions: ["auth-manage"] });
 * ```
 *
 * @throws Error for a permission that the table does not have
 */
export async function createTestUser(options: TestUserOptions = {}): Promise<TestUser> {
  const input = userInput({
    ...(options.loginId !== undefined && { loginId: options.loginId }),
    isEnabled: options.isEnabled ?? true,
    isSuperuser: options.isSuperuser ?? false,
    groupIds: options.groups ?? [],
    bundleIds: options.bundles ?? [],
    permissionIds: await permissionIdsOf(options.permissions ?? []),
    password: options.password ?? "",
    confirm: options.password ?? "",
  });
  const id = await createUser(testContext(), input);
  // What no form says directly: the verb decides on the one, and takes only a day for the other.
  await database()
    .update(users)
    .set({ isVerified: options.isVerified ?? true, disabledAt: options.disabledAt ?? null })
    .where(eq(users.id, id));
  return { id, loginId: input.loginId };
}

export type SignedIn = {
  /** The value of the session cookie. */
  token: string;
  principal: SessionPrincipal;
  /** The context in which verbs act for this user. */
  ctx: Context;
};

/**
 * Starts a session for a user.
 *
 * ```ts
 * const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
 * await createGroup(ctx, { … });
 * ```
 *
 * @throws Forbidden if the user is not active
 */
export async function signedIn(user: TestUser): Promise<SignedIn> {
  const token = await startSession(testContext({ kind: "system" }), user, "password");
  const principal = await findPrincipal(token);
  if (!principal) throw new Error(`The session of ${user.loginId} ended as soon as it began.`);
  return { token, principal, ctx: testContext({ kind: "user", principal }) };
}
