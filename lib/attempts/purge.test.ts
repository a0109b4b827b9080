import { desc, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { type Context, inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { ATTEMPT_TYPES, attemptBudgets, attempts } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { guess, times } from "@/lib/testing/attempts";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { deleteFromLog, purgeAttempts } from "./purge";

setUpTestDatabase();

const ANN = "ann@example.com";
const BOB = "bob@example.com";
const ADDRESS = "192.0.2.1";

const daysAgo = (days: number) => sql`clock_timestamp() - make_interval(days => ${days})`;

/** Every type of attempt on two accounts, today and ten days ago. */
beforeEach(async () => {
  await database().delete(attempts);
  await database().delete(attemptBudgets);
  for (const loginId of [ANN, BOB]) {
    for (const type of ATTEMPT_TYPES) {
      await guess({ loginId, type, ip: ADDRESS });
      await guess({ loginId, type, ip: ADDRESS });
    }
  }
  const older = database().select({ id: attempts.id }).from(attempts).where(sql`${attempts.id} % 2 = 0`);
  await database()
    .update(attempts)
    .set({ createdAt: daysAgo(10) })
    .where(sql`${attempts.id} in ${older}`);
  await database()
    .update(attemptBudgets)
    .set({ lastAttemptAt: daysAgo(10) })
    .where(eq(attemptBudgets.key, BOB));
});

async function waitingConnections(): Promise<number> {
  const { rows } = await database().execute(sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return rows.length;
}

const logged = () => database().$count(attempts);
const budgets = async () =>
  (await database().select().from(attemptBudgets)).map(({ type, key }) => `${type} ${key}`).sort();
const everyType = (key: string) => ["forgot", "login", "reset"].map((type) => `${type} ${key}`);
const lastAudit = async () => (await database().select().from(auditEvents).orderBy(desc(auditEvents.id)).limit(1))[0];

describe("purging", () => {
  it("of everything leaves nothing", async () => {
    expect(await purgeAttempts(testContext(), {})).toBe(12);
    expect(await logged()).toBe(0);
    expect(await budgets()).toEqual([]);
  });

  it.each([ANN, " Ann@EXAMPLE.com ", "ＡＮＮ@example.com"])(
    "of one account, however it is spelt: %j",
    async (loginId) => {
      expect(await purgeAttempts(testContext(), { loginId })).toBe(6);
      expect(await logged()).toBe(6);
      expect(await budgets()).toEqual([...everyType(ADDRESS), ...everyType(BOB)].sort());
    },
  );

  it("of an account that is spelt like an address leaves the address alone", async () => {
    expect(await purgeAttempts(testContext(), { loginId: ADDRESS })).toBe(0);
    expect(await budgets()).toHaveLength(9);
  });

  it("of one type", async () => {
    expect(await purgeAttempts(testContext(), { type: "forgot" })).toBe(4);
    expect((await budgets()).filter((each) => each.startsWith("forgot"))).toEqual([]);
    expect(await budgets()).toHaveLength(6);
  });

  it("of what is older than some days takes only budgets that were not used since", async () => {
    expect(await purgeAttempts(testContext(), { olderThanDays: 5 })).toBe(6);
    expect(await budgets()).toEqual([...everyType(ADDRESS), ...everyType(ANN)].sort());
    expect(await purgeAttempts(testContext(), { olderThanDays: 11 })).toBe(0);
  });

  it("of what is older than no days takes everything until now", async () => {
    expect(await purgeAttempts(testContext(), { olderThanDays: 0 })).toBe(12);
    expect(await budgets()).toEqual([]);
  });

  it("by all filters takes what matches all of them", async () => {
    expect(await purgeAttempts(testContext(), { loginId: BOB, type: "reset", olderThanDays: 5 })).toBe(1);
    expect(await logged()).toBe(11);
    expect(await budgets()).not.toContain(`reset ${BOB}`);
    expect(await budgets()).toHaveLength(8);
  });

  it("lifts the lock", async () => {
    await times(13, { loginId: ANN });
    expect(await guess({ loginId: ANN, isRight: true })).toBe("blocked");
    await purgeAttempts(testContext(), { loginId: ANN });
    expect(await guess({ loginId: ANN, isRight: true })).toBe("succeeded");
  });

  it("is kept in the audit trail, with what was asked for and how much it was", async () => {
    await purgeAttempts(testContext(), { loginId: ANN, olderThanDays: 5 });
    expect(await lastAudit()).toMatchObject({
      action: "purge",
      entity: "attempts",
      entityLabel: ANN,
      actorKind: "cli",
      changes: {
        loginId: { from: ANN, to: null },
        olderThanDays: { from: 5, to: null },
        deleted: { from: 3, to: null },
      },
    });
  });
});

it("purging and signing in do not wait for each other in a ring", async () => {
  await database().delete(attemptBudgets);
  // The address lies first, where one statement over both scopes would find it first.
  await database().insert(attemptBudgets).values({ type: "login", scope: "address", key: ADDRESS });
  await database().insert(attemptBudgets).values({ type: "login", scope: "account", key: ANN });
  const take = ({ db }: Context, scope: "account" | "address") =>
    db.select().from(attemptBudgets).where(eq(attemptBudgets.scope, scope)).for("update");
  const { purging } = await inTransaction(testContext(), async (signIn) => {
    await take(signIn, "account");
    const begun = Promise.allSettled([purgeAttempts(testContext(), {})]);
    await expect.poll(waitingConnections, { timeout: 10_000, interval: 5 }).toBe(1);
    await take(signIn, "address");
    return { purging: begun };
  });
  expect(await purging).toEqual([{ status: "fulfilled", value: 12 }]);
  expect(await budgets()).toEqual([]);
});

it("more budgets than one statement deletes go as a whole, and those that are made meanwhile stay", async () => {
  await database().execute(sql`insert into attempt_budgets (id, type, scope, key, created_at)
    select gen_random_uuid(), 'login', 'account', 'user-' || n, clock_timestamp() from generate_series(1, 11000) n`);
  const later = sql`clock_timestamp() + interval '1 hour'` as unknown as Date;
  await database().insert(attemptBudgets).values({ type: "login", scope: "account", key: "later", createdAt: later });
  await purgeAttempts(testContext(), {});
  expect(await budgets()).toEqual(["login later"]);
});

it("a log that is longer than one statement looks at goes as a whole, up to the moment that is asked for", async () => {
  await database().delete(attempts);
  await database().execute(sql`insert into attempts (type, login_id_canonical, created_at)
    select case when n % 4 = 0 then 'reset' else 'login' end, case when n % 8 < 7 then ${ANN} else ${BOB} end,
      now() - make_interval(days => 1 + n % 2) from generate_series(1, 120000) n`);
  const { rows } = await database().execute<{ at: string }>(sql`select clock_timestamp()::text as at`);
  const until = rows[0]?.at ?? "";
  await guess({ loginId: ANN });
  expect(await deleteFromLog(database(), until, { loginId: ANN, type: "reset" })).toBe(30_000);
  expect(await deleteFromLog(database(), until, { loginId: ANN })).toBe(75_000);
  expect(await deleteFromLog(database(), until)).toBe(15_000);
  expect(await logged()).toBe(1);
});
