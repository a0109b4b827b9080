import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guess, type Outcome, times } from "@/lib/testing/attempts";
import { holdClock, type TestClock } from "@/lib/testing/clock";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { failureOf } from "@/lib/testing/failure";

/** When windows and locks begin and end, to the millisecond, with a clock that only the test moves. */

setUpTestDatabase();

let clock: TestClock;
beforeAll(async () => {
  clock = await holdClock();
});
afterAll(() => clock.release());

const someone = () => `${randomUUID()}@example.com`;
const SECOND = 1_000;

const limits = { ATTEMPT_LIMIT: "3", ATTEMPT_TIMESPAN: "600", ATTEMPT_LOCKOUT: "3600" };
const under = (variables: Record<string, string>, work: () => Promise<void>) => () =>
  withEnvironment({ ...limits, ...variables }, work);

const failed: Outcome = "failed";
const blocked: Outcome = "blocked";

describe("the window", () => {
  it(
    "slides: never more than the limit within any stretch of the timespan",
    under({}, async () => {
      const loginId = someone();
      expect(await guess({ loginId })).toBe(failed);
      await clock.advance(590 * SECOND);
      expect(await times(2, { loginId })).toEqual([failed, failed]);
      const other = someone();
      expect(await guess({ loginId: other })).toBe(failed);
      await clock.advance(590 * SECOND);
      expect(await guess({ loginId: other })).toBe(failed);
      await clock.advance(20 * SECOND);
      // Of those before, the last one alone is still within the timespan.
      expect(await times(2, { loginId: other })).toEqual([failed, failed]);
      expect(await guess({ loginId: other })).toBe(blocked);
    }),
  );

  it.each([
    ["a millisecond before it ends", 599_999, blocked],
    ["at its end", 600_000, failed],
  ])("%s: an attempt is or is not within it", (_, passed, expected) =>
    under({}, async () => {
      const loginId = someone();
      expect(await guess({ loginId })).toBe(failed);
      await clock.advance(passed);
      expect(await times(2, { loginId })).toEqual([failed, failed]);
      expect(await guess({ loginId })).toBe(expected);
    })(),
  );
});

describe("the lock", () => {
  it.each([
    ["a millisecond before its end", 3_599_999, blocked],
    ["at its end", 3_600_000, failed],
  ])("%s", (_, passed, expected) =>
    under({}, async () => {
      const loginId = someone();
      await times(3, { loginId });
      await clock.advance(passed);
      expect(await guess({ loginId })).toBe(expected);
    })(),
  );

  it(
    "lasts from the last attempt that counted, and is not prolonged by those during it",
    under({}, async () => {
      const loginId = someone();
      await times(2, { loginId });
      await clock.advance(300 * SECOND);
      await guess({ loginId });
      expect(await failureOf(guess({ loginId, throws: true }))).toMatchObject({ retryAfterSeconds: 3600 });
      await clock.advance(1_800 * SECOND + 1);
      expect(await failureOf(guess({ loginId, throws: true }))).toMatchObject({ retryAfterSeconds: 1800 });
      await clock.advance(1_800 * SECOND - 2);
      expect(await failureOf(guess({ loginId, throws: true }))).toMatchObject({ retryAfterSeconds: 1 });
      await clock.advance(1);
      expect(await guess({ loginId })).toBe(failed);
    }),
  );

  it(
    "lasts from when the last attempt was made, however long it took to judge it",
    under({}, async () => {
      const loginId = someone();
      await times(2, { loginId });
      const slowly = async () => {
        await clock.advance(30 * SECOND);
        return false;
      };
      expect(await guess({ loginId, isRight: slowly })).toBe(failed);
      expect(await failureOf(guess({ loginId, throws: true }))).toMatchObject({ retryAfterSeconds: 3570 });
    }),
  );

  it.each([
    ["shorter than the timespan", { ATTEMPT_LOCKOUT: "10" }],
    ["longer than the timespan", { ATTEMPT_LOCKOUT: "3600" }],
  ])("%s takes its count along when it ends", (_, variables) =>
    under(variables, async () => {
      const loginId = someone();
      await times(3, { loginId });
      expect(await guess({ loginId })).toBe(blocked);
      await clock.advance(Number(variables.ATTEMPT_LOCKOUT) * SECOND);
      expect(await times(4, { loginId })).toEqual([failed, failed, failed, blocked]);
    })(),
  );

  it(
    "of an address ends like that of an account",
    under({ ATTEMPT_IP_LIMIT: "2" }, async () => {
      const ip = "192.0.2.77";
      expect(await guess({ loginId: someone(), ip })).toBe(failed);
      expect(await guess({ loginId: someone(), ip })).toBe(failed);
      expect(await guess({ loginId: someone(), ip })).toBe(blocked);
      await clock.advance(3_599_999);
      expect(await guess({ loginId: someone(), ip })).toBe(blocked);
      await clock.advance(1);
      expect(await guess({ loginId: someone(), ip })).toBe(failed);
    }),
  );
});
