import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { liftAccountLock } from "@/lib/auth/attempts/lift";
import type { AttemptType } from "@/lib/auth/attempts/limits";
import { database } from "@/lib/db/client";
import { ATTEMPT_TYPES } from "@/lib/db/schema/auth";
import { guess, type Outcome } from "@/lib/testing/attempts";
import { holdClock, type TestClock } from "@/lib/testing/clock";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { purgeAttempts } from "./purge";

/** Random sequences of everything that can happen, against a model that says the rules as plainly as they can be said. */

setUpTestDatabase();

let clock: TestClock;
beforeAll(async () => {
  clock = await holdClock();
});
afterAll(() => clock.release());

const LIMIT = 3;
const ADDRESS_LIMIT = 5;
const TIMESPAN = 60;
const LOCKOUT = { login: 90, forgot: 60, reset: 20 };

const environment = {
  ATTEMPT_LIMIT: String(LIMIT),
  ATTEMPT_IP_LIMIT: String(ADDRESS_LIMIT),
  ATTEMPT_TIMESPAN: String(TIMESPAN),
  LOGIN_ATTEMPT_LOCKOUT: String(LOCKOUT.login),
  FORGOT_ATTEMPT_LOCKOUT: String(LOCKOUT.forgot),
  RESET_ATTEMPT_LOCKOUT: String(LOCKOUT.reset),
};

/** One account or address, for one type of attempt. */
class BudgetModel {
  private counted: number[] = [];
  private lockedUntil = Number.NEGATIVE_INFINITY;
  constructor(
    readonly limit: number,
    readonly lockout: number,
  ) {}

  isLocked = (now: number) => now < this.lockedUntil;

  count(now: number): void {
    this.counted = this.counted.filter((at) => at > now - TIMESPAN);
    this.counted.push(now);
    if (this.counted.length < this.limit) return;
    this.lockedUntil = now + this.lockout;
    this.counted = [];
  }

  clear(): void {
    this.counted = [];
  }
}

class LimiterModel {
  private budgets = new Map<string, BudgetModel>();
  private now = 0;

  private budget(type: AttemptType, key: string, limit: number): BudgetModel {
    const name = `${type} ${key}`;
    const budget = this.budgets.get(name) ?? new BudgetModel(limit, LOCKOUT[type]);
    this.budgets.set(name, budget);
    return budget;
  }

  attempt(type: AttemptType, account: string, address: string, isRight: boolean): Outcome {
    const budgets = {
      account: this.budget(type, account, LIMIT),
      address: this.budget(type, address, ADDRESS_LIMIT),
    };
    if (budgets.account.isLocked(this.now) || budgets.address.isLocked(this.now)) return "blocked";
    if (type === "login" && isRight) budgets.account.clear();
    else for (const budget of Object.values(budgets)) budget.count(this.now);
    return isRight ? "succeeded" : "failed";
  }

  pass(seconds: number): void {
    this.now += seconds;
  }

  purge(types: readonly AttemptType[], account: string | undefined): void {
    for (const name of this.budgets.keys()) {
      const [type = "", key = ""] = name.split(" ");
      if (types.some((each) => each === type) && (account === undefined || key === account)) this.budgets.delete(name);
    }
  }
}

const accounts = ["ann@example.com", "bob@example.com"];
const addresses = ["192.0.2.1", "192.0.2.2"];

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("attempt" as const),
      type: fc.constantFrom<AttemptType>("login", "login", "login", "forgot", "reset"),
      account: fc.constantFrom(...accounts),
      address: fc.constantFrom(...addresses),
      isRight: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      seconds: fc.constantFrom(1, 19, 20, 21, 30, 59, 60, 61, 89, 90, 91),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("purge" as const),
      type: fc.option(fc.constantFrom<AttemptType>("login", "forgot", "reset"), { nil: undefined }),
      account: fc.option(fc.constantFrom(...accounts), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("reset" as const), account: fc.constantFrom(...accounts) }),
  },
);

it("agrees with the model, whatever happens in which order", async () => {
  await withEnvironment(environment, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      await database().execute(sql`truncate attempts, attempt_budgets`);
      const model = new LimiterModel();
      for (const each of steps) {
        if (each.kind === "attempt") {
          const { type, account, address, isRight } = each;
          const outcome = await guess({ type, loginId: account, ip: address, isRight });
          expect(outcome).toBe(model.attempt(type, account, address, isRight));
        } else if (each.kind === "pass") {
          await clock.advance(each.seconds * 1000);
          model.pass(each.seconds);
        } else if (each.kind === "purge") {
          const { type, account: loginId } = each;
          await purgeAttempts(testContext(), { ...(type && { type }), ...(loginId && { loginId }) });
          model.purge(type ? [type] : ATTEMPT_TYPES, loginId);
        } else {
          await liftAccountLock(database(), each.account);
          model.purge(["login"], each.account);
        }
      }
    });
    await fc.assert(property, { numRuns: 150 });
  });
}, 120_000);
