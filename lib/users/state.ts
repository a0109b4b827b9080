import { eq } from "drizzle-orm";
import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId, isLoginId } from "@/lib/auth/login-id";
import { hashPassword } from "@/lib/auth/password";
import { assertPasswordAllowed } from "@/lib/auth/password-policy";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { isDay } from "@/lib/crud/days";
import type { StoredRow, Values } from "@/lib/crud/entity";
import { isUuid } from "@/lib/crud/ids";
import { users } from "@/lib/db/schema/users";
import { Invalid } from "@/lib/errors";
import type { UserState } from "./rules";
import type { UserInput } from "./schema";

/** The stored moment is kept when the form sends back its day; a cleared or other day replaces it. */
function disableDate(sent: string, before: Date | null): Date | null {
  if (sent === "") return null;
  if (!isDay(sent)) return new Date(sent);
  return before?.toISOString().startsWith(sent) ? before : new Date(`${sent}T00:00:00Z`);
}

/** Switching a user on again whose disable date has passed clears that date; otherwise the switch would do nothing. */
export function stateAfter(input: UserInput, before?: UserState & { isTimedOut: boolean }): UserState {
  const disabledAt = disableDate(input.disabledAt, before?.disabledAt ?? null);
  const isReenabled = before && !before.isEnabled && input.isEnabled;
  const isUnchanged = disabledAt?.getTime() === before?.disabledAt?.getTime();
  return {
    isEnabled: input.isEnabled,
    isSuperuser: input.isSuperuser ?? before?.isSuperuser ?? false,
    disabledAt: isReenabled && isUnchanged && before.isTimedOut ? null : disabledAt,
  };
}

/** The columns of a user but for the password. */
export function userColumns(values: Values, before: StoredRow | undefined): Values {
  const input = values as UserInput;
  const loginId = input.loginId.trim();
  return {
    ...stateAfter(input, before as (UserState & { isTimedOut: boolean }) | undefined),
    loginId,
    loginIdCanonical: canonicalLoginId(loginId),
  };
}

/** @throws Invalid if it has not the form of a login id */
function checkLoginId(loginId: string): void {
  const { LOGIN_ID } = config();
  if (isLoginId(loginId, LOGIN_ID)) return;
  throw new Invalid({ loginId: { key: LOGIN_ID === "email" ? "notAnEmail" : "notAUserName" } });
}

async function storedLoginId(ctx: Context, id: string | undefined): Promise<string | undefined> {
  if (id === undefined || !isUuid(id)) return undefined;
  const [row] = await ctx.db.select({ loginId: users.loginId }).from(users).where(eq(users.id, id));
  return row?.loginId;
}

/**
 * Checks what was sent and hashes the password, if there is one.
 * @param id of the user that is changed; undefined for a new one
 * @returns the columns that go with a new password
 * @throws Invalid
 */
export async function preparePassword(ctx: Context, sent: Values, id: string | undefined): Promise<Values> {
  const { password = "", loginId } = sent as Partial<UserInput>;
  if (loginId !== undefined) checkLoginId(loginId);
  if (password !== "") {
    await assertPasswordAllowed(password, { loginId: loginId ?? (await storedLoginId(ctx, id)) });
    // Who sets the password vouches for the account; otherwise a mail has to prove it.
    return { passwordHash: await hashPassword(password), isVerified: true };
  }
  // Without mail there is no link by which a new user could choose a password; the operator has the command line.
  const needsOne = !config().mailEnabled && hasPasswordHere(canonicalLoginId(loginId ?? ""));
  if (id === undefined && ctx.actor.kind === "user" && needsOne) {
    throw new Invalid({ password: { key: "required" } });
  }
  return {};
}
