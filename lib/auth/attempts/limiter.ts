import { setTimeout as pause } from "node:timers/promises";
import pLimit, { type LimitFunction } from "p-limit";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { AppError, Blocked, Unavailable } from "@/lib/errors";
import { announce } from "@/lib/events/announce";
import type { AttemptType } from "./limits";
import { type Attempt, attemptOf, clear, count, look, release, reserve, type Slot } from "./slots";

/**
 * The one limiter of everything that can be guessed or made too much of.
 * A slot is taken before anything is checked and decided on afterwards, so that with any number of processes and requests
 * at once exactly the limit is verified (docs/decisions/0010).
 */

const MESSAGES = {
  login: "tooManyLogins",
  forgot: "tooManyForgot",
  reset: "tooManyResets",
} as const satisfies Record<AttemptType, string>;

/** Those that wait for the same budget ask one after the other, not all at once. */
const waiting = new Map<string, LimitFunction>();

async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const queue = waiting.get(key) ?? pLimit(1);
  waiting.set(key, queue);
  try {
    return await queue(work);
  } finally {
    if (queue.activeCount + queue.pendingCount === 0) waiting.delete(key);
  }
}

/** Counts, and tells subscribers of what is locked by it. */
async function countAndTell(ctx: Context, attempt: Attempt, slot: Slot | undefined, isSuccess = false): Promise<void> {
  for (const scope of await count(attempt, slot, isSuccess)) {
    announce(ctx, "locked", { type: attempt.type, scope, key: attempt[scope] ?? "" });
  }
}

/** @returns a slot; undefined if all are taken by attempts whose outcome is open */
async function tryForSlot(ctx: Context, attempt: Attempt) {
  for (;;) {
    const { lockedSeconds, state } = await look(attempt);
    if (lockedSeconds > 0) throw new Blocked(MESSAGES[attempt.type], lockedSeconds);
    if (state === "full") return undefined;
    if (state === "overdue") await countAndTell(ctx, attempt, undefined);
    else {
      const slot = await reserve(attempt);
      if (slot) return slot;
    }
  }
}

async function waitForSlot(ctx: Context, attempt: Attempt, deadline: number) {
  const { firstMs, longestMs } = settings.attempts.wait;
  for (let wait: number = firstMs; performance.now() < deadline; wait = Math.min(wait * 1.5, longestMs)) {
    const slot = await tryForSlot(ctx, attempt);
    if (slot) return slot;
    await pause(wait);
  }
  throw new Unavailable();
}

/** Whatever goes wrong in here, nobody gets in because of it. */
async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AppError ? error : new Unavailable({ cause: error });
  }
}

async function takeSlot(ctx: Context, attempt: Attempt) {
  const deadline = performance.now() + settings.attempts.wait.seconds * 1000;
  const slot = await tryForSlot(ctx, attempt);
  if (slot) return slot;
  return inTurn(`${attempt.type} ${attempt.account ?? attempt.address}`, () => waitForSlot(ctx, attempt, deadline));
}

export type LimitedAttempt<T> = {
  type: AttemptType;
  /** As it was typed; empty where that is not known. */
  loginId: string;
  /** Whether the result is what was tried for. */
  isSuccess: (result: T) => boolean;
};

/**
 * Runs `work`, which checks a password, sends a mail or sets a password, as one limited attempt of the client. Of sign-ins
 * only failures count, and a success clears the count of its account; of everything else each attempt counts. What `work`
 * throws counts as a failure, unless it could not be judged at all (a database or directory out of reach).
 * @param work is given the login id that the attempt is counted for, in its canonical form: whatever it looks up by what was
 *   typed, it looks up by this, or spellings that are counted apart could open the same account. Null for nobody's
 * @throws Blocked with the seconds until the next try, in which case `work` has not been called; Unavailable when the limiter
 *   cannot tell; whatever `work` throws
 */
export async function limitAttempt<T>(
  ctx: Context,
  { type, loginId, isSuccess }: LimitedAttempt<T>,
  work: (account: string | null) => Promise<T>,
): Promise<T> {
  const attempt = attemptOf(type, loginId, ctx.request.ip);
  if (!config().ATTEMPT_LIMIT_ENABLED) return work(attempt.account);
  const slot = await orUnavailable(takeSlot(ctx, attempt));
  let result: T;
  try {
    result = await work(attempt.account);
  } catch (error) {
    const isJudged = error instanceof AppError && !(error instanceof Unavailable);
    // What went wrong first is what is told; a slot that is left open counts by itself after a while.
    await (isJudged ? countAndTell(ctx, attempt, slot) : release(attempt, slot)).catch(() => undefined);
    throw error;
  }
  const success = isSuccess(result);
  await orUnavailable(type === "login" && success ? clear(attempt, slot) : countAndTell(ctx, attempt, slot, success));
  return result;
}
