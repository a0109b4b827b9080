import { isLoginId } from "@/lib/auth/login-id";
import { passwordProblems } from "@/lib/auth/password";
import { config } from "@/lib/config/env";
import { Invalid } from "@/lib/errors";
import type { UserState } from "./rules";
import type { UserInput } from "./schema";

/** The stored moment is kept when the form sends back its day; a cleared or other day replaces it. */
function disableDate(day: string, before: Date | null): Date | null {
  if (day === "") return null;
  return before?.toISOString().startsWith(day) ? before : new Date(`${day}T00:00:00Z`);
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

/**
 * What the schema cannot know: the form of login ids and the password policy.
 * @throws Invalid
 */
export function checkInput(input: UserInput): void {
  const { LOGIN_ID } = config();
  if (!isLoginId(input.loginId, LOGIN_ID)) {
    throw new Invalid({ loginId: { key: LOGIN_ID === "email" ? "notAnEmail" : "notAUserName" } });
  }
  if (input.password === "") return;
  const [problem] = passwordProblems(input.password);
  if (problem) throw new Invalid({ password: problem });
}
