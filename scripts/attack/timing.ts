import { eq, sql } from "drizzle-orm";
import { clientOf } from "@/e2e/support/api";
import { postedForm } from "@/e2e/support/forms";
import { signInBy } from "@/e2e/support/sign-in";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { createTestUser } from "@/lib/testing/factories";
import { startSite } from "./site";
import { deviation, interval, median, superiority } from "./statistics";

/**
 * Whether the time of an answer tells what is behind a login: each kind of account is asked for in turn, many times, at the
 * sign-in and at the form for a new password. Run by `npm run test:attack`.
 */

const ROUNDS = Number(process.env.TIMING_ROUNDS ?? 120);
const WARM_UP = 10;
/** Percent that the median of a kind may be off that of a login that nobody has. */
const PROMISED = 5;
const UNKNOWN = "unknown";
/** Refused before its password is looked at, as promised, and told so: it says nothing of whether there is an account. */
const LOCKED = "locked";

const profile = {
  name: "corp",
  domainFilter: "corp.example",
  client: { issuer: "http://127.0.0.1:1", clientId: "gatehouse", clientSecret: "not a secret" },
};

const kinds: Record<string, string> = {
  [UNKNOWN]: "unknown@example.com",
  known: "known@example.com",
  disabled: "disabled@example.com",
  "timed out": "ended@example.com",
  unverified: "unverified@example.com",
  "without a password here": "directory@example.com",
  "of a claimed domain": "sso@corp.example",
  [LOCKED]: "locked@example.com",
};

const PASSWORD = "a long walk in the rain";

async function addPeople(): Promise<void> {
  const add = (kind: string, options: Parameters<typeof createTestUser>[0] = {}) =>
    createTestUser({ loginId: kinds[kind] ?? "", password: PASSWORD, ...options });
  await add("known");
  await add("disabled", { isEnabled: false });
  await add("timed out", { disabledAt: new Date(0) });
  await add("unverified", { isVerified: false });
  await add("locked");
  await createTestUser({ loginId: kinds["without a password here"] ?? "" });
  // No form lets anybody have a password there; an account may be older than the profile.
  const { id } = await createTestUser({ loginId: "sso@example.com", password: PASSWORD });
  const loginId = kinds["of a claimed domain"] ?? "";
  await database().update(users).set({ loginId, loginIdCanonical: loginId }).where(eq(users.id, id));
}

type Ask = (loginId: string) => Promise<unknown>;

/** Milliseconds of each answer by kind, one after the other, in another order in each round. */
async function measure(names: readonly string[], ask: Ask): Promise<Map<string, number[]>> {
  const times = new Map(names.map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const order = names.map((_, index) => names[(index * 5 + round) % names.length] ?? "");
    for (const name of order) {
      const begin = performance.now();
      await ask(kinds[name] ?? "");
      if (round >= WARM_UP) times.get(name)?.push(performance.now() - begin);
    }
  }
  return times;
}

/** Prints a line for each kind. @returns how many kept the promise, and how many certainly did not */
function report(title: string, times: Map<string, number[]>): { passed: number; failed: number } {
  console.log(`\n${title}, ${ROUNDS} of each: median, off "${UNKNOWN}", with 95 % confidence, share of slower answers`);
  const reference = times.get(UNKNOWN) ?? [];
  const counts = { passed: 0, failed: 0 };
  for (const [name, values] of times) {
    const [low, high] = interval(values, reference);
    const off = deviation(values, reference);
    // Only what is beyond the promise for certain: a busy machine scatters medians as well.
    const isBroken = low > PROMISED || high < -PROMISED;
    const isCounted = name !== LOCKED;
    if (isCounted) counts[isBroken ? "failed" : "passed"] += 1;
    const mark = isCounted ? (isBroken ? "✗" : "✓") : " ";
    const figures = [
      `${median(values).toFixed(1)} ms`,
      `${off.toFixed(1)} %`,
      `${low.toFixed(1)} to ${high.toFixed(1)} %`,
      superiority(values, reference).toFixed(2),
    ];
    console.log(`${mark} ${name.padEnd(26)} ${figures.map((figure) => figure.padStart(18)).join("")}`);
  }
  const counted = [...times].filter(([name]) => name !== LOCKED && name !== UNKNOWN);
  const largest = Math.max(...counted.map(([, values]) => Math.abs(deviation(values, reference))));
  console.log(`Largest deviation of a median: ${largest.toFixed(1)} % (promised: ${PROMISED} %)`);
  return counts;
}

/** @returns how many kinds of accounts kept the promise, and how many certainly did not */
export async function measureTimes(): Promise<{ passed: number; failed: number }> {
  const site = await startSite({
    ATTEMPT_LIMIT: "10000",
    ATTEMPT_IP_LIMIT: "0",
    OIDC_PROFILES: JSON.stringify([profile]),
  });
  try {
    await addPeople();
    const signIn = await signInBy(site.url);
    await signIn(kinds[LOCKED] ?? "");
    await database()
      .update(attemptBudgets)
      .set({ lockedUntil: sql`now() + interval '1 day'` })
      .where(eq(attemptBudgets.key, kinds[LOCKED] ?? ""));
    const atLogin = report("Sign-in with a wrong password", await measure(Object.keys(kinds), signIn));
    const forgot = await postedForm(clientOf(site.url), "/forgot-password");
    const names = Object.keys(kinds).filter((name) => name !== LOCKED);
    const atForgot = report("Asking for a new password", await measure(names, (email) => forgot(["email", email])));
    return { passed: atLogin.passed + atForgot.passed, failed: atLogin.failed + atForgot.failed };
  } finally {
    await site.stop();
  }
}
