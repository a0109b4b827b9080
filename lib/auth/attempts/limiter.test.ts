import { randomUUID } from "node:crypto";
import { and, desc, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { attemptBudgets, attempts } from "@/lib/db/schema/auth";
import { mailOutbox } from "@/lib/db/schema/events";
import { Invalid, Unavailable } from "@/lib/errors";
import { guess, type Outcome, times } from "@/lib/testing/attempts";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { failureOf } from "@/lib/testing/failure";
import { overtaken } from "@/lib/testing/races";

// Time is in limiter-time.test.ts, processes at once in limiter-race.test.ts.

setUpTestDatabase();

beforeEach(async () => {
  await database().delete(attempts);
  await database().delete(attemptBudgets);
});

const LIMIT = 15;
const someone = () => `${randomUUID()}@example.com`;
const all = (outcome: Outcome, amount: number): Outcome[] => Array.from({ length: amount }, () => outcome);
const lastLogged = async () => (await database().select().from(attempts).orderBy(desc(attempts.id)).limit(1))[0];
const keysOf = async (scope: "account" | "address") =>
  (await database().select().from(attemptBudgets).where(eq(attemptBudgets.scope, scope))).map(({ key }) => key).sort();

describe("failures on an account", () => {
  it("lock it at the limit, for the right password too, and for nobody else", async () => {
    const loginId = someone();
    expect(await times(LIMIT, { loginId })).toEqual(all("failed", LIMIT));
    expect(await guess({ loginId, isRight: true })).toBe("blocked");
    expect(await guess({ loginId: someone(), isRight: true })).toBe("succeeded");
  });

  it("are told with the seconds until the lock ends", async () => {
    const loginId = someone();
    await times(LIMIT, { loginId });
    const blocked = await failureOf(guess({ loginId, throws: true }));
    expect(blocked).toMatchObject({ code: "blocked", problem: { key: "tooManyLogins", params: { unit: "minute" } } });
    const { retryAfterSeconds } = blocked as unknown as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(3_500);
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
  });

  it("are forgotten after a success", async () => {
    const loginId = someone();
    await times(LIMIT - 1, { loginId });
    expect(await guess({ loginId, isRight: true })).toBe("succeeded");
    expect(await times(LIMIT + 1, { loginId })).toEqual([...all("failed", LIMIT), "blocked"]);
  });

  it.each([
    "ann@example.com",
    " Ann@Example.COM\t",
    `${" ".repeat(5_000)}ann@example.com${"\u3000".repeat(5_000)}`,
    "ＡＮＮ@example.com",
    "ann＠example.com",
    "ann@example。com",
    "a\u006e\u006e@EXAMPLE.com ",
  ])("are one count for every spelling: %j", async (spelling) => {
    await times(LIMIT - 1, { loginId: "ann@example.com" });
    expect(await guess({ loginId: spelling })).toBe("failed");
    expect(await guess({ loginId: "ann@example.com" })).toBe("blocked");
    expect(await guess({ loginId: spelling })).toBe("blocked");
    expect(await keysOf("account")).toEqual(["ann@example.com"]);
  });

  it.each(["jose\u0301@example.com", "JOS\u00c9@example.com"])(
    "are one count composed or decomposed: %j",
    async (id) => {
      await times(LIMIT, { loginId: id });
      expect(await guess({ loginId: "jos\u00e9@example.com" })).toBe("blocked");
    },
  );

  it.each([
    ["", "empty"],
    ["  \t", "blank"],
    ["x".repeat(100_000), "endless"],
    ["\uFDFA".repeat(300), "endless once folded"],
    ["a\0b", "with a NUL"],
  ])("have no count where there can be no account", async (loginId) => {
    expect(await times(LIMIT + 1, { loginId, ip: "192.0.2.1" })).toEqual(all("failed", LIMIT + 1));
    expect(await keysOf("account")).toEqual([]);
    expect(await keysOf("address")).toEqual(["192.0.2.1"]);
    expect(await lastLogged()).toMatchObject({ loginIdCanonical: null, ip: "192.0.2.1", success: false });
  });
});

describe("failures from an address", () => {
  const from = (ip: string) => ({
    ip,
    get loginId() {
      return someone();
    },
  });

  it("lock it at a limit of their own", async () => {
    const ip = "192.0.2.1";
    for (let n = 0; n < 100; n += 1) expect(await guess(from(ip))).toBe("failed");
    expect(await guess({ ...from(ip), isRight: true })).toBe("blocked");
    expect(await guess(from("192.0.2.2"))).toBe("failed");
  });

  it("are not forgotten after successes on an account of one's own, and neither are those on the victim", async () => {
    await withEnvironment({ ATTEMPT_IP_LIMIT: "20" }, async () => {
      const ip = "192.0.2.1";
      const [victim, own] = [someone(), someone()];
      for (let n = 0; n < LIMIT; n += 1) {
        expect(await guess({ loginId: victim, ip })).toBe("failed");
        expect(await guess({ loginId: own, ip, isRight: true })).toBe("succeeded");
      }
      expect(await guess({ loginId: victim, ip: "192.0.2.9" })).toBe("blocked");
      for (let n = 0; n < 5; n += 1) await guess({ loginId: someone(), ip });
      expect(await guess({ loginId: own, ip, isRight: true })).toBe("blocked");
    });
  });

  it("of 14 colleagues who mistype once each block nobody", async () => {
    const ip = "192.0.2.1";
    for (let n = 0; n < 14; n += 1) {
      const loginId = someone();
      expect(await guess({ loginId, ip })).toBe("failed");
      expect(await guess({ loginId, ip, isRight: true })).toBe("succeeded");
    }
  });

  it("are one count within a /64 of IPv6, and for IPv4 inside IPv6", async () => {
    for (const ip of ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2:0:0:0:3"]) {
      await guess({ loginId: someone(), ip });
    }
    await guess({ loginId: someone(), ip: "2001:db8:1:3::1" });
    await guess({ loginId: someone(), ip: "::1" });
    expect(await keysOf("address")).toEqual(["0:0:0:0::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64"]);
  });

  it("leave no slot of the account behind when they block", async () => {
    await withEnvironment({ ATTEMPT_IP_LIMIT: "1" }, async () => {
      const loginId = someone();
      await guess({ loginId: someone(), ip: "192.0.2.1" });
      expect(await guess({ loginId, ip: "192.0.2.1" })).toBe("blocked");
      expect(await keysOf("account")).not.toContain(loginId);
    });
  });

  it("are not counted where the limit is 0, or the address unknown", async () => {
    await withEnvironment({ ATTEMPT_IP_LIMIT: "0" }, async () => {
      await guess({ loginId: someone(), ip: "192.0.2.1" });
    });
    await guess({ loginId: someone(), ip: null });
    expect(await keysOf("address")).toEqual([]);
  });
});

describe("forgotten passwords and resets", () => {
  it.each([
    ["forgot", "tooManyForgot"],
    ["reset", "tooManyResets"],
  ] as const)("of type %s count every attempt, successes too", async (type, key) => {
    const loginId = someone();
    expect(await times(LIMIT, { loginId, type, isRight: true })).toEqual(all("succeeded", LIMIT));
    expect(await failureOf(guess({ loginId, type, throws: true }))).toMatchObject({ problem: { key } });
    expect(await guess({ loginId, type: "login", isRight: true })).toBe("succeeded");
  });

  it("have limits of their own where these are set", async () => {
    await withEnvironment({ FORGOT_ATTEMPT_LIMIT: "2", RESET_ATTEMPT_IP_LIMIT: "1" }, async () => {
      const loginId = someone();
      expect(await times(3, { loginId, type: "forgot" })).toEqual(["failed", "failed", "blocked"]);
      expect(await times(2, { loginId, type: "reset", ip: "192.0.2.1" })).toEqual(["failed", "blocked"]);
      expect(await times(3, { loginId, ip: "192.0.2.1" })).toEqual(all("failed", 3));
    });
  });
});

describe("what is thrown", () => {
  it.each([
    ["a refusal counts", () => new Invalid({}), LIMIT - 1],
    ["an outage does not", () => new Unavailable(), LIMIT],
    ["a defect does not", () => new Error("defect"), LIMIT],
  ])("%s", async (_, error, left) => {
    const loginId = someone();
    await guess({ loginId, isRight: () => Promise.reject(error()) }).catch(() => undefined);
    expect(await times(left + 1, { loginId })).toEqual([...all("failed", left), "blocked"]);
  });
});

describe("the log", () => {
  it("tells every attempt: type, whom, from where, what came of it, and whether there was a lock", async () => {
    const who = { loginId: " Ann@Example.com", ip: "2001:db8::7" };
    await guess(who);
    expect(await lastLogged()).toMatchObject({
      type: "login",
      loginIdCanonical: "ann@example.com",
      ip: "2001:db8::7",
      success: false,
      duringLockout: false,
    });
    await guess({ ...who, isRight: true });
    expect(await lastLogged()).toMatchObject({ success: true, duringLockout: false });
    await times(LIMIT, who);
    expect(await lastLogged()).toMatchObject({ success: false, duringLockout: false });
    await guess({ ...who, isRight: true });
    expect(await lastLogged()).toMatchObject({ success: false, duringLockout: true });
    await guess({ ...who, type: "reset", isRight: true });
    expect(await lastLogged()).toMatchObject({ type: "reset", success: true });
    expect(await database().$count(attempts)).toBe(2 + LIMIT + 2);
  });

  it("decides nothing: without it, locks stay", async () => {
    const loginId = someone();
    await times(LIMIT, { loginId });
    await database().delete(attempts);
    expect(await guess({ loginId })).toBe("blocked");
  });

  it("and the counters are empty where the limiter is switched off", async () => {
    await withEnvironment({ ATTEMPT_LIMIT_ENABLED: "false" }, async () => {
      expect(await times(LIMIT + 5, { loginId: someone(), ip: "192.0.2.1" })).toEqual(all("failed", LIMIT + 5));
      expect(await database().$count(attempts)).toBe(0);
      expect(await database().$count(attemptBudgets)).toBe(0);
    });
  });
});

describe("the owner of an account", () => {
  const told = (loginId: string) =>
    database().$count(mailOutbox, and(eq(mailOutbox.kind, "account-locked"), eq(mailOutbox.loginId, loginId)));

  it("is told once of each lock on signing in", async () => {
    const loginId = someone();
    await times(LIMIT - 1, { loginId });
    expect(await told(loginId)).toBe(0);
    await times(5, { loginId });
    expect(await told(loginId)).toBe(1);
    await database().update(attemptBudgets).set({ lockedUntil: sql`clock_timestamp()` });
    await times(LIMIT + 5, { loginId });
    expect(await told(loginId)).toBe(2);
  });

  it("is not told of other locks, nor where the app sends no mail", async () => {
    const loginId = someone();
    await times(LIMIT, { loginId, type: "forgot" });
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      await times(LIMIT, { loginId });
    });
    expect(await told(loginId)).toBe(0);
  });
});

describe("a process that dies with slots in its hands", () => {
  const orphaned = async (loginId: string, amount: number, secondsAgo: number) => {
    const at = sql`array(select clock_timestamp() - make_interval(secs => ${secondsAgo}) from generate_series(1, ${amount}))`;
    await database()
      .insert(attemptBudgets)
      .values({ type: "login", scope: "account", key: loginId, undecidedAt: at as never });
  };

  it("leaves failures behind: they count once their outcome should be known", async () => {
    const loginId = someone();
    await orphaned(loginId, LIMIT - 1, 120);
    expect(await times(2, { loginId })).toEqual(["failed", "blocked"]);
  });

  it("locks the account where they fill its budget, and the owner is told once", async () => {
    const loginId = someone();
    await orphaned(loginId, LIMIT, 120);
    expect(await Promise.all(Array.from({ length: 10 }, () => guess({ loginId, isRight: true })))).toEqual(
      all("blocked", 10),
    );
    expect(await database().$count(mailOutbox, eq(mailOutbox.loginId, loginId))).toBe(1);
  });
});

it("an account that is locked between a look at it and the reservation of a slot stays locked", async () => {
  const loginId = someone();
  await guess({ loginId });
  const lockIt = ({ db }: Context) =>
    db
      .update(attemptBudgets)
      .set({ lockedUntil: sql`clock_timestamp() + interval '1 hour'` })
      .where(eq(attemptBudgets.key, loginId));
  expect(await overtaken(lockIt, () => guess({ loginId, isRight: true }))).toEqual({
    status: "fulfilled",
    value: "blocked",
  });
});

describe("without its table", () => {
  it("the limiter lets nobody in, and goes on when it is back", async () => {
    const loginId = someone();
    await database().execute(sql`alter table attempt_budgets rename to attempt_budgets_gone`);
    let isAsked = false;
    const failure = await failureOf(
      guess({
        loginId,
        isRight: async () => {
          isAsked = true;
          return true;
        },
      }),
    );
    await database().execute(sql`alter table attempt_budgets_gone rename to attempt_budgets`);
    expect(failure).toMatchObject({ code: "unavailable" });
    expect(isAsked).toBe(false);
    expect(await guess({ loginId, isRight: true })).toBe("succeeded");
  });

  it("locked by somebody else, it gives up", async () => {
    const failure = await database().transaction(async (tx) => {
      await tx.execute(sql`lock table attempt_budgets in access exclusive mode`);
      return failureOf(guess({ loginId: someone(), isRight: true }));
    });
    expect(failure).toMatchObject({ code: "unavailable" });
  });

  it("lost after the password was checked, it lets nobody in either", async () => {
    const failure = await failureOf(
      guess({
        loginId: someone(),
        isRight: async () => {
          await database().execute(sql`alter table attempt_budgets rename to attempt_budgets_gone`);
          return true;
        },
      }),
    );
    await database().execute(sql`alter table attempt_budgets_gone rename to attempt_budgets`);
    expect(failure).toMatchObject({ code: "unavailable" });
  });
});
