import { requestFacts } from "@/lib/auth/request";
import { config } from "@/lib/config/env";
import { database, decide, faultOf } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { logOf } from "@/lib/log/log";
import { limitAttempt } from "./limiter";
import type { AttemptType } from "./limits";
import { PROBE } from "./statements";

const log = logOf("attempts");

/** Posts that are attempts, for those that see them before anybody reads them: the middleware, and the door to Auth.js. */

/** The pages and endpoints whose posts are attempts, by the beginning of the path. Providers check by themselves. */
const FORMS: [path: string, type: AttemptType | undefined][] = [
  ["/login/", undefined],
  ["/login", "login"],
  ["/account/sign-in-again", "login"],
  ["/api/auth/callback", "login"],
  ["/forgot-password", "forgot"],
  ["/reset-password", "reset"],
  ["/verify-account", "reset"],
];

/** What a post to this path tries; undefined for all others. */
export const attemptTypeOf = (pathname: string): AttemptType | undefined =>
  FORMS.find(([path]) => pathname === path || pathname.startsWith(`${path.replace(/\/$/, "")}/`))?.[1];

/** Whether the limiter can decide at all, or has nothing to decide. */
export async function limiterAnswers(): Promise<boolean> {
  if (!config().ATTEMPT_LIMIT_ENABLED) return true;
  try {
    await decide(PROBE, []);
    return true;
  } catch (error) {
    log.error("the limiter is out of reach", { fault: faultOf(error) });
    return false;
  }
}

/**
 * Counts a post that was refused unread, such as one from another site: for its address, and in the log. It is refused
 * anyway, so that whatever the limiter says changes nothing.
 */
export async function countRefusedForm(headers: Headers, type: AttemptType): Promise<void> {
  const ctx = { actor: { kind: "system" }, db: database(), request: requestFacts(headers) } as const;
  try {
    await limitAttempt(ctx, { type, loginId: "", isSuccess: () => false }, async () => undefined);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "unavailable") log.error("a refused form was not counted", { fault: faultOf(error) });
  }
}
