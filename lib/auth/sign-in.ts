import { z } from "zod";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { limitAttempt } from "./attempts/limiter";
import { primaryAuthenticator } from "./authenticators/registry";
import { PASSWORD_MAX_BYTES } from "./password";

/** Longest login id that is looked at, in characters. */
const LOGIN_ID_MAX = 320;

/** PostgreSQL text cannot hold NUL, and neither can an honest login id or password. */
const hasNoNul = (text: string) => !text.includes("\0");

const credentialsSchema = z.object({
  loginId: z.string().trim().min(1).max(LOGIN_ID_MAX).refine(hasNoNul),
  password: z.string().min(1).max(PASSWORD_MAX_BYTES).refine(hasNoNul),
});

/** Who has proved to own an account, and by what. */
export type VerifiedUser = { id: string; loginId: string; passwordHash?: string | undefined };

export type SignInOutcome =
  | { ok: true; user: VerifiedUser }
  /** `invalid` is the one answer to everything that is not the right password. */
  | { ok: false; reason: "invalid" | "disabled" | "unverified" };

const typedLoginId = (input: unknown): string => {
  const { loginId } = Object(input) as { loginId?: unknown };
  return typeof loginId === "string" ? loginId : "";
};

/**
 * Decides whether somebody may sign in: the one verb behind the login form and Auth.js' own endpoints. The attempt is limited
 * before anything else is looked at; the state of an account is told only after its right password (ASVS 6.3.8).
 * @throws Blocked after too many failures; when the database cannot be asked
 */
export function verifySignIn(ctx: Context, input: unknown): Promise<SignInOutcome> {
  const attempt = { type: "login", loginId: typedLoginId(input), isSuccess: ({ ok }: SignInOutcome) => ok } as const;
  return limitAttempt(ctx, attempt, () => judge(input));
}

async function judge(input: unknown): Promise<SignInOutcome> {
  const credentials = credentialsSchema.safeParse(input);
  if (!credentials.success) return { ok: false, reason: "invalid" };
  const account = await primaryAuthenticator().verify(credentials.data);
  if (!account) return { ok: false, reason: "invalid" };
  if (account.isDisabled) return { ok: false, reason: "disabled" };
  if (config().mailEnabled && !account.isVerified) return { ok: false, reason: "unverified" };
  const { id, loginId, passwordHash } = account;
  return { ok: true, user: { id, loginId, passwordHash } };
}
