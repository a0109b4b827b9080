import { inArray, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { type BulkOrder, bulkStep } from "@/lib/crud/bulk";
import { deleteRecord } from "@/lib/crud/delete";
import { updateRecord } from "@/lib/crud/save";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { AppError, Forbidden } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestGroup, createTestUser, signedIn, type TestUser } from "@/lib/testing/factories";
import { failuresIn, successesIn } from "@/lib/testing/races";
import { userEntity } from "./entity";
import { getUser, setPassword } from "./service";

/** However superusers turn against each other, and in however many transactions at once: one of them remains. */

setUpTestDatabase();

beforeEach(async () => {
  // Each case makes its own superusers.
  await database().update(users).set({ isSuperuser: false });
});

/** A way to stop being a superuser who stays; the bulk action tells of a refusal instead of throwing it. */
type Attack = (ctx: Context, target: TestUser) => Promise<void>;

async function byBulk(ctx: Context, action: string, { id }: TestUser): Promise<void> {
  const order: BulkOrder = { action, chosen: "", selection: { ids: [id] } };
  const { refused } = await bulkStep(ctx, userEntity, order, "");
  const [first] = refused;
  if (first) throw new Forbidden(first.problem.key);
}

const attacks = {
  demote: (ctx, { id }) => updateRecord(ctx, userEntity, id, undefined, { isSuperuser: false }),
  disable: (ctx, { id }) => updateRecord(ctx, userEntity, id, undefined, { isEnabled: false }),
  disableLater: (ctx, { id }) => updateRecord(ctx, userEntity, id, undefined, { disabledAt: "2099-01-01" }),
  remove: (ctx, { id }) => deleteRecord(ctx, userEntity, id),
  // As the API does with If-Match.
  removeVersion: (ctx, { id }) => deleteRecord(ctx, userEntity, id, 1),
  disableByBulk: (ctx, target) => byBulk(ctx, "disable", target),
  removeByBulk: (ctx, target) => byBulk(ctx, "delete", target),
} satisfies Record<string, Attack>;

const pair = async () =>
  [await createTestUser({ isSuperuser: true }), await createTestUser({ isSuperuser: true })] as const;

/** The superusers who are there to stay. */
async function staying(): Promise<string[]> {
  const { rows } = await database().execute<{ id: string }>(
    sql`select id from users where is_superuser and is_enabled and disabled_at is null`,
  );
  return rows.map(({ id }) => id);
}

/** Both at once, in either order. */
async function race(round: number, works: readonly (() => Promise<unknown>)[]) {
  const inOrder = round % 2 === 0 ? works : works.toReversed();
  return Promise.allSettled(inOrder.map((work) => work()));
}

/** What is left of a round: one superuser, and a reason for whoever lost. */
async function expectOneLeft(outcomes: PromiseSettledResult<unknown>[]): Promise<void> {
  expect(await staying()).toHaveLength(1);
  expect(successesIn(outcomes)).toBe(1);
  for (const failure of failuresIn(outcomes)) {
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(forbidden|conflict)$/) });
  }
}

const clearAway = (ids: string[]) => database().delete(users).where(inArray(users.id, ids));

const mutual: [keyof typeof attacks, keyof typeof attacks, number][] = [
  ["demote", "demote", 50],
  ["remove", "remove", 50],
  ["disableByBulk", "disableByBulk", 50],
  ["remove", "demote", 50],
  ["removeVersion", "demote", 25],
  ["removeByBulk", "disableLater", 25],
  ["disable", "disableByBulk", 25],
];

describe("two superusers against each other at once", () => {
  it.each(mutual)("one by %s, the other by %s: one remains in each of %d rounds", async (one, other, rounds) => {
    for (let round = 0; round < rounds; round += 1) {
      const [ann, bob] = await pair();
      const [asAnn, asBob] = await Promise.all([signedIn(ann), signedIn(bob)]);
      const outcomes = await race(round, [() => attacks[one](asAnn.ctx, bob), () => attacks[other](asBob.ctx, ann)]);
      await expectOneLeft(outcomes);
      await clearAway([ann.id, bob.id]);
    }
  });
});

describe("the command line in two windows", () => {
  it.each(mutual)("once %s, once %s: one superuser remains", async (one, other) => {
    for (let round = 0; round < 15; round += 1) {
      const [ann, bob] = await pair();
      await expectOneLeft(
        await race(round, [() => attacks[one](testContext(), ann), () => attacks[other](testContext(), bob)]),
      );
      await clearAway([ann.id, bob.id]);
    }
  });
});

describe("one superuser, attacked in two ways at once,", () => {
  it.each<[keyof typeof attacks, keyof typeof attacks]>([
    ["removeVersion", "demote"],
    ["removeVersion", "disableByBulk"],
    ["remove", "demote"],
    ["demote", "disable"],
  ])("by %s and by %s: each ends by itself", async (one, other) => {
    await createTestUser({ isSuperuser: true });
    for (let round = 0; round < 25; round += 1) {
      const target = await createTestUser({ isSuperuser: true });
      const outcomes = await race(
        round,
        [one, other].map((way) => () => attacks[way](testContext(), target)),
      );
      expect(successesIn(outcomes)).toBeGreaterThanOrEqual(1);
      for (const failure of failuresIn(outcomes)) {
        expect(failure).toMatchObject({ problem: { key: expect.stringMatching(/^(notFound|stale)$/) } });
      }
      expect(await staying()).toHaveLength(1);
      await clearAway([target.id]);
    }
  });
});

describe("many against many", () => {
  it("one of six remains when all are attacked in all ways", async () => {
    for (let round = 0; round < 10; round += 1) {
      const six = [...(await pair()), ...(await pair()), ...(await pair())];
      const ways = Object.values(attacks);
      const outcomes = await race(
        round,
        six.map(
          (target, index) => () => (ways[(index + round) % ways.length] ?? attacks.demote)(testContext(), target),
        ),
      );
      expect(await staying()).toHaveLength(1);
      expect(successesIn(outcomes)).toBe(5);
      expect(failuresIn(outcomes)).toMatchObject([{ code: "forbidden", problem: { key: "lastSuperuser" } }]);
      await clearAway(six.map(({ id }) => id));
    }
  });
});

describe("where no superuser is there to stay", () => {
  it("one who was disabled before can still be changed by the command line in everything else", async () => {
    const disabled = await createTestUser({ isSuperuser: true, isEnabled: false });
    const group = await createTestGroup();
    await updateRecord(testContext(), userEntity, disabled.id, undefined, { groupIds: [group] });
    await setPassword(testContext(), disabled.loginId, "correct horse battery staple");
    await updateRecord(testContext(), userEntity, disabled.id, undefined, { isEnabled: true });
    expect(await staying()).toEqual([disabled.id]);
    expect(await getUser(testContext(), disabled.id)).toMatchObject({ groupIds: [group], isVerified: true });
  });
});

describe("a promotion and a demotion at once", () => {
  it("leave the new one, or both where the old one was the last when it was tried", async () => {
    const promote = (ctx: Context, { id }: TestUser) =>
      updateRecord(ctx, userEntity, id, undefined, { isSuperuser: true });
    for (let round = 0; round < 50; round += 1) {
      const [old, fresh] = [await createTestUser({ isSuperuser: true }), await createTestUser()];
      const works = [() => promote(testContext(), fresh), () => attacks.demote(testContext(), old)];
      const outcomes = await race(round, works);
      const [promotion, demotion] = round % 2 === 0 ? outcomes : outcomes.toReversed();
      expect(promotion?.status).toBe("fulfilled");
      const left = (await staying()).sort();
      if (demotion?.status === "fulfilled") expect(left).toEqual([fresh.id]);
      else {
        expect(demotion).toMatchObject({ reason: { code: "forbidden", problem: { key: "lastSuperuser" } } });
        expect(left).toEqual([old.id, fresh.id].sort());
      }
      await clearAway([old.id, fresh.id]);
    }
  });

  it("of the same user end one after the other", async () => {
    await createTestUser({ isSuperuser: true });
    for (let round = 0; round < 30; round += 1) {
      const user = await createTestUser();
      const outcomes = await race(
        round,
        [true, false].map(
          (isSuperuser) => () => updateRecord(testContext(), userEntity, user.id, undefined, { isSuperuser }),
        ),
      );
      // A demotion that began before the promotion was seen may have to be tried again.
      for (const failure of failuresIn(outcomes)) expect(failure).toMatchObject({ code: "conflict" });
      expect(successesIn(outcomes)).toBeGreaterThanOrEqual(1);
      expect((await staying()).length).toBeGreaterThanOrEqual(1);
      await clearAway([user.id]);
    }
  });
});

describe("somebody who is demoted at that moment", () => {
  it("does not promote a friend any more", async () => {
    for (let round = 0; round < 25; round += 1) {
      const [ann, bob] = await pair();
      const friend = await createTestUser();
      const { ctx } = await signedIn(ann);
      const outcomes = await race(round, [
        () => attacks.demote(testContext(), ann),
        () => updateRecord(ctx, userEntity, friend.id, undefined, { isSuperuser: true }),
      ]);
      const isPromoted = (await staying()).includes(friend.id);
      for (const failure of failuresIn(outcomes)) expect(failure).toMatchObject({ code: "forbidden" });
      expect(isPromoted).toBe(successesIn(outcomes) === 2);
      await clearAway([ann.id, bob.id, friend.id]);
    }
  });
});
