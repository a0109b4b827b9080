import { z } from "zod";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { limitAttempt } from "./attempts/limiter";
import { primaryAuthenticator } from "./authenticators/registry";
import { PASSWORD_MAX_BYTES } from "./password";

const passwordSchema = z
  .string()
  .min(1)
  .max(PASSWORD_MAX_BYTES)
  // No directory takes it, and no honest password has it.
  .refine((text) => !text.includes("\0"));

/** Who has proved to own an account, and by what. */
export type VerifiedUser = { id: string; loginId: string; passwordHash?: string | undefined };

export type SignInOutcome =
  | { ok: true; user: VerifiedUser }
  /** `invalid` is the one answer to everything that is not the right password. */
  | { ok: false; reason: "invalid" | "disabled" | "unverified" };

const typed = (input: unknown): { loginId?: unknown; password?: unknown } => Object(input);

/**
 * Decides whether somebody may sign in: the one verb behind the login form and Auth.js' own endpoints. The attempt is limited
 * before anything else is looked at; the state of an account is told only after its right password (ASVS 6.3.8).
 * @throws Blocked after too many failures; when the database cannot be asked
 */
export function verifySignIn(ctx: Context, input: unknown): Promise<SignInOutcome> {
  const { loginId, password } = typed(input);
  const attempt = {
    type: "login",
    loginId: typeof loginId === "string" ? loginId : "",
    isSuccess: ({ ok }: SignInOutcome) => ok,
  } as const;
  return limitAttempt(ctx, attempt, (counted) => judge(counted, password));
}

/** @param loginId the one that the attempt is counted for */
async function judge(loginId: string | null, typedPassword: unknown): Promise<SignInOutcome> {
  const password = passwordSchema.safeParse(typedPassword);
  if (loginId === null || !password.success) return { ok: false, reason: "invalid" };
  const account = await primaryAuthenticator().verify({ loginId, password: password.data });
  if (!account) return { ok: false, reason: "invalid" };
  if (account.isDisabled) return { ok: false, reason: "disabled" };
  if (config().mailEnabled && !account.isVerified) return { ok: false, reason: "unverified" };
  const { id, passwordHash } = account;
  return { ok: true, user: { id, loginId: account.loginId, passwordHash } };
}
