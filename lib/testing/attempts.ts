import { limitAttempt } from "@/lib/auth/attempts/limiter";
import type { AttemptType } from "@/lib/auth/attempts/limits";
import { database } from "@/lib/db/client";
import { Blocked } from "@/lib/errors";

/** What an attempt met: it was judged, or refused before anybody looked. */
export type Outcome = "succeeded" | "failed" | "blocked";

type Guess = {
  loginId: string;
  type?: AttemptType;
  ip?: string | null;
  /** Whether the guess is right. */
  isRight?: boolean | (() => Promise<boolean>);
  /** Whether a refusal is thrown, for those who want to look into it. */
  throws?: boolean;
};

/** One attempt at the limiter itself, without anything behind it. */
export async function guess({ loginId, type = "login", ip = null, isRight = false, throws }: Guess): Promise<Outcome> {
  const ctx = { actor: { kind: "system" }, db: database(), request: { ip, userAgent: null, requestId: null } } as const;
  const attempt = { type, loginId, isSuccess: Boolean };
  try {
    const right = await limitAttempt(ctx, attempt, async () =>
      typeof isRight === "boolean" ? isRight : await isRight(),
    );
    return right ? "succeeded" : "failed";
  } catch (error) {
    if (throws || !(error instanceof Blocked)) throw error;
    return "blocked";
  }
}

/** The same attempt several times, one after the other. */
export async function times(count: number, attempt: Guess): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let n = 0; n < count; n += 1) outcomes.push(await guess(attempt));
  return outcomes;
}
