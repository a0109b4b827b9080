import { config } from "@/lib/config/env";
import type { ATTEMPT_TYPES } from "@/lib/db/schema/auth";

/** What is tried: to sign in (or to prove a password once more), to get a mail with a link, to set a password by one. */
export type AttemptType = (typeof ATTEMPT_TYPES)[number];

export type AttemptLimits = {
  /** Attempts on one account within the timespan. */
  limit: number;
  /** Attempts from one address within the timespan; 0 for any number. */
  addressLimit: number;
  timespanSeconds: number;
  /** How long the lock lasts after the last attempt that counted. */
  lockoutSeconds: number;
};

/** The limits of one type: ATTEMPT_*, or what LOGIN_ATTEMPT_*, FORGOT_ATTEMPT_* and RESET_ATTEMPT_* say instead. */
export function attemptLimits(type: AttemptType): AttemptLimits {
  const settings = config();
  const prefix = type.toUpperCase() as Uppercase<AttemptType>;
  return {
    limit: settings[`${prefix}_ATTEMPT_LIMIT`] ?? settings.ATTEMPT_LIMIT,
    addressLimit: settings[`${prefix}_ATTEMPT_IP_LIMIT`] ?? settings.ATTEMPT_IP_LIMIT,
    timespanSeconds: settings[`${prefix}_ATTEMPT_TIMESPAN`] ?? settings.ATTEMPT_TIMESPAN,
    lockoutSeconds: settings[`${prefix}_ATTEMPT_LOCKOUT`] ?? settings.ATTEMPT_LOCKOUT,
  };
}
