import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { decide } from "@/lib/db/client";
import type { BUDGET_SCOPES } from "@/lib/db/schema/auth";
import { attemptedFrom, attemptedLoginId } from "./attempted";
import { type AttemptType, attemptLimits } from "./limits";
import { inRounds } from "./rounds";
import { CLEAR, COUNT, LOOK, RELEASE, RESERVE } from "./statements";

/** What the limiter asks of the database, statement by statement. */

/** An attempt as the statements take it. */
export type Attempt = {
  type: AttemptType;
  /** Canonical login id; null where there is no account to count for. */
  account: string | null;
  /** Null where addresses are not counted, or this one is not known. */
  address: string | null;
  /** Of the client, for the log. */
  ip: string | null;
};

type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** One slot of each budget, and the row of the log. */
export type Slot = { account: string | null; address: string | null; logged: string };

/** @param loginId as it was typed */
export function attemptOf(type: AttemptType, loginId: string, ip: string | null): Attempt {
  const countsAddresses = attemptLimits(type).addressLimit > 0;
  return { type, account: attemptedLoginId(loginId), address: countsAddresses ? attemptedFrom(ip) : null, ip };
}

function shared({ type, account, address }: Attempt) {
  const { limit, addressLimit, timespanSeconds } = attemptLimits(type);
  return [type, account, address, limit, addressLimit, timespanSeconds];
}

const { decideWithinSeconds } = settings.attempts;

type Budgets = { locked_seconds: number; is_full: boolean; is_overdue: boolean };

type Standing = { lockedSeconds: number; state: "free" | "full" | "overdue" };

/** How the budgets of an attempt stand; those that meet a lock are logged. Those of a flood look together. */
export const look = inRounds(
  ({ type, account, address, ip }: Attempt) => JSON.stringify([type, account, address, ip]),
  async (attempt, callers): Promise<Standing> => {
    const values = [...shared(attempt), attempt.account, attempt.ip, decideWithinSeconds, callers];
    const [row] = await decide<Budgets>(LOOK, values);
    const state = row?.is_overdue ? "overdue" : row?.is_full ? "full" : "free";
    return { lockedSeconds: row?.locked_seconds ?? 0, state };
  },
);

/** @returns undefined if one of the budgets has no slot left */
export async function reserve(attempt: Attempt): Promise<Slot | undefined> {
  const [row] = await decide<{ account_at: string | null; address_at: string | null; logged_id: string | null }>(
    RESERVE,
    [...shared(attempt), attempt.account, attempt.ip],
  );
  const { account_at: account = null, address_at: address = null, logged_id: logged } = row ?? {};
  if (logged) return { account, address, logged };
  if (account) await release(attempt, { account, address });
  return undefined;
}

/** Whether the owner of the account is to be told of a lock. */
const tells = ({ type, account }: Attempt) => type === "login" && account !== null && config().mailEnabled;

/**
 * The attempt counts, and locks what it fills. Without a slot, only those are counted that should have been decided on long
 * ago.
 * @returns the budgets that are locked by it
 */
export async function count(attempt: Attempt, slot: Slot | undefined, isSuccess = false): Promise<BudgetScope[]> {
  const [row] = await decide<{ locks_account: boolean; locks_address: boolean }>(COUNT, [
    ...shared(attempt),
    attemptLimits(attempt.type).lockoutSeconds,
    decideWithinSeconds,
    slot?.account ?? null,
    slot?.address ?? null,
    isSuccess ? slot?.logged : null,
    tells(attempt),
  ]);
  return [...(row?.locks_account ? (["account"] as const) : []), ...(row?.locks_address ? (["address"] as const) : [])];
}

/** The attempt has succeeded: the failures of its account are forgotten, and it does not count for its address. */
export async function clear({ type, account, address }: Attempt, slot: Slot): Promise<void> {
  await decide(CLEAR, [type, account, address, slot.account, slot.address, slot.logged]);
}

/** The attempt could not be judged, and does not count. */
export async function release(
  { type, account, address }: Attempt,
  slot: Pick<Slot, "account" | "address">,
): Promise<void> {
  await decide(RELEASE, [type, account, address, slot.account, slot.address]);
}
