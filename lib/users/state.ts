import { canonicalLoginId, isLoginId } from "@/lib/auth/login-id";
import { hashPassword, passwordProblems } from "@/lib/auth/password";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { isDay } from "@/lib/crud/days";
import type { StoredRow, Values } from "@/lib/crud/entity";
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

/** @throws Invalid for what the schema cannot know: the form of login ids and the password policy */
function checkInput({ loginId, password }: Partial<UserInput>): void {
  const { LOGIN_ID } = config();
  if (loginId !== undefined && !isLoginId(loginId, LOGIN_ID)) {
    throw new Invalid({ loginId: { key: LOGIN_ID === "email" ? "notAnEmail" : "notAUserName" } });
  }
  if (!password) return;
  const [problem] = passwordProblems(password);
  if (problem) throw new Invalid({ password: problem });
}

/**
 * Checks what was sent and hashes the password, if there is one.
 * @returns the columns that go with a new password
 * @throws Invalid
 */
export async function preparePassword(ctx: Context, sent: Values, record: "new" | "existing"): Promise<Values> {
  const { password = "", ...input } = sent as Partial<UserInput>;
  checkInput({ ...input, password });
  // Who sets the password vouches for the account; otherwise a mail has to prove it.
  if (password !== "") return { passwordHash: await hashPassword(password), isVerified: true };
  // Without mail there is no link by which a new user could choose a password; the operator has the command line.
  if (record === "new" && ctx.actor.kind === "user" && !config().mailEnabled) {
    throw new Invalid({ password: { key: "required" } });
  }
  return {};
}
