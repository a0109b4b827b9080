import { z } from "zod";
import type { Context } from "@/lib/context";
import { announce } from "@/lib/events/announce";
import { logOf } from "@/lib/log/log";
import { createAccount, findAccountByLogin, refusalOf } from "./accounts";
import { limitAttempt } from "./attempts/limiter";
import type { CredentialsAuthenticator, Proof } from "./authenticators/authenticator";
import { credentialsAuthenticator } from "./authenticators/registry";
import { isReservedLoginId } from "./domains";
import { PASSWORD_MAX_BYTES } from "./password";

const log = logOf("auth");

const passwordSchema = z
  .string()
  .min(1)
  .max(PASSWORD_MAX_BYTES)
  // No directory takes it, and no honest password has it.
  .refine((text) => !text.includes("\0"));

/** Who has proved to own an account, by what, and what the way in says of them. */
export type VerifiedUser = { id: string; loginId: string } & Omit<Proof, "createsAccount">;

export type SignInOutcome =
  | { ok: true; user: VerifiedUser }
  /** `invalid` is the one answer to everything that is not the right password. */
  | { ok: false; reason: "invalid" | "disabled" | "unverified" };

const INVALID = { ok: false, reason: "invalid" } as const;

const typed = (input: unknown): { loginId?: unknown; password?: unknown } => Object(input);

/**
 * Decides whether somebody may sign in: the one verb behind the login form and Auth.js' own endpoints. The attempt is limited
 * before anything else is looked at; the state of an account is told only after its right password (ASVS 6.3.8).
 * @throws Blocked after too many failures; when the database or the directory cannot be asked
 */
export function verifySignIn(ctx: Context, input: unknown): Promise<SignInOutcome> {
  const { loginId, password } = typed(input);
  const attempt = {
    type: "login",
    loginId: typeof loginId === "string" ? loginId : "",
    isSuccess: ({ ok }: SignInOutcome) => ok,
  } as const;
  return limitAttempt(ctx, attempt, async (counted) => {
    const outcome = await judge(ctx, counted, password);
    if (!outcome.ok) {
      const provider = credentialsAuthenticator()?.name ?? "";
      announce(ctx, "signInFailed", { loginId: counted, provider, reason: outcome.reason });
    }
    return outcome;
  });
}

/** @param loginId the one that the attempt is counted for */
async function judge(ctx: Context, loginId: string | null, typedPassword: unknown): Promise<SignInOutcome> {
  const authenticator = credentialsAuthenticator();
  const password = passwordSchema.safeParse(typedPassword);
  if (!authenticator || loginId === null || !password.success) return INVALID;
  if (isReservedLoginId(loginId)) {
    await authenticator.pretend?.(password.data);
    return INVALID;
  }
  const proof = await authenticator.verify({ loginId, password: password.data });
  return proof ? admit(ctx, authenticator, loginId, proof) : INVALID;
}

async function admit(
  ctx: Context,
  { name }: CredentialsAuthenticator,
  loginId: string,
  { createsAccount = false, vouches = false, ...proof }: Proof,
): Promise<SignInOutcome> {
  const known = await findAccountByLogin(ctx, loginId);
  const account = known ?? (createsAccount ? await createAccount(ctx, loginId, name) : undefined);
  if (!account) {
    log.warn("the password was right, but there is no account for this login here", { source: name });
    return INVALID;
  }
  const reason = refusalOf(account, vouches);
  if (reason) return { ok: false, reason };
  return { ok: true, user: { id: account.id, loginId: account.loginId, vouches, ...proof } };
}
