import { inArray, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, editedInput, signedIn, type TestUser, uniqueName, userInput } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored } from "@/lib/testing/records";
import type { UserInput } from "./schema";
import { createUser, getUser, setPassword, updateUser } from "./service";

/** Who may do what to whom, also where that is nobody's mistake but somebody's attempt. */

setUpTestDatabase();

const PASSWORD = "correct horse battery staple";
const TOMORROW = new Date(Date.now() + 86_400_000);

beforeEach(async () => {
  // Each case makes its own superusers.
  await database().update(users).set({ isSuperuser: false });
});

const actors = {
  manager: () => createTestUser({ permissions: ["auth-manage"] }),
  superuser: () => createTestUser({ isSuperuser: true }),
  // Will be disabled tomorrow, so the app does not count on this one.
  leavingSuperuser: () => createTestUser({ isSuperuser: true, disabledAt: TOMORROW }),
  cli: async () => undefined,
};

const targets = {
  self: async (actor?: TestUser) => actor ?? createTestUser(),
  plain: () => createTestUser(),
  superuser: async () => {
    await createTestUser({ isSuperuser: true });
    return createTestUser({ isSuperuser: true });
  },
  lastSuperuser: () => createTestUser({ isSuperuser: true }),
};

async function save(ctx: Context, target: TestUser, fields: Partial<UserInput>) {
  const record = await getUser(ctx, target.id);
  await updateUser(ctx, target.id, record.version, editedInput(record, fields));
}

const actions = {
  disable: (ctx: Context, target: TestUser) => save(ctx, target, { isEnabled: false }),
  disableLater: (ctx: Context, target: TestUser) => save(ctx, target, { disabledAt: "2099-01-01" }),
  demote: (ctx: Context, target: TestUser) => save(ctx, target, { isSuperuser: false }),
  promote: (ctx: Context, target: TestUser) => save(ctx, target, { isSuperuser: true }),
  rename: (ctx: Context, target: TestUser) => save(ctx, target, { loginId: `${uniqueName("new")}@example.com` }),
  saveAsIs: (ctx: Context, target: TestUser) => save(ctx, target, {}),
  setPasswordByForm: (ctx: Context, target: TestUser) => save(ctx, target, { password: PASSWORD, confirm: PASSWORD }),
  setPassword: (ctx: Context, target: TestUser) => setPassword(ctx, target.loginId, PASSWORD),
};

type Case = [keyof typeof actors, keyof typeof targets, keyof typeof actions, "allowed" | string];

const cases: Case[] = [
  ["manager", "self", "disable", "disablesSelf"],
  ["manager", "self", "disableLater", "disablesSelf"],
  ["manager", "self", "demote", "allowed"],
  ["manager", "self", "promote", "superusersOnly"],
  ["manager", "self", "rename", "allowed"],
  ["manager", "self", "saveAsIs", "allowed"],
  ["manager", "self", "setPasswordByForm", "allowed"],
  ["manager", "self", "setPassword", "allowed"],
  ["manager", "plain", "disable", "allowed"],
  ["manager", "plain", "disableLater", "allowed"],
  ["manager", "plain", "demote", "allowed"],
  ["manager", "plain", "promote", "superusersOnly"],
  ["manager", "plain", "rename", "allowed"],
  ["manager", "plain", "saveAsIs", "allowed"],
  ["manager", "plain", "setPasswordByForm", "allowed"],
  ["manager", "plain", "setPassword", "allowed"],
  ["manager", "superuser", "disable", "superusersOnly"],
  ["manager", "superuser", "disableLater", "superusersOnly"],
  ["manager", "superuser", "demote", "superusersOnly"],
  ["manager", "superuser", "promote", "superusersOnly"],
  ["manager", "superuser", "rename", "superusersOnly"],
  ["manager", "superuser", "saveAsIs", "superusersOnly"],
  ["manager", "superuser", "setPasswordByForm", "superusersOnly"],
  ["manager", "superuser", "setPassword", "userHoldsMore"],
  ["manager", "lastSuperuser", "disable", "superusersOnly"],
  ["manager", "lastSuperuser", "demote", "superusersOnly"],
  ["superuser", "self", "disable", "disablesSelf"],
  ["superuser", "self", "disableLater", "disablesSelf"],
  ["superuser", "self", "demote", "demotesSelf"],
  ["superuser", "self", "promote", "allowed"],
  ["superuser", "self", "rename", "allowed"],
  ["superuser", "self", "setPasswordByForm", "allowed"],
  ["superuser", "self", "setPassword", "allowed"],
  ["superuser", "plain", "disable", "allowed"],
  ["superuser", "plain", "promote", "allowed"],
  ["superuser", "plain", "rename", "allowed"],
  ["superuser", "plain", "setPassword", "allowed"],
  ["superuser", "superuser", "disable", "allowed"],
  ["superuser", "superuser", "disableLater", "allowed"],
  ["superuser", "superuser", "demote", "allowed"],
  ["superuser", "superuser", "rename", "allowed"],
  ["superuser", "superuser", "setPasswordByForm", "allowed"],
  ["superuser", "superuser", "setPassword", "allowed"],
  ["leavingSuperuser", "lastSuperuser", "disable", "lastSuperuser"],
  ["leavingSuperuser", "lastSuperuser", "disableLater", "lastSuperuser"],
  ["leavingSuperuser", "lastSuperuser", "demote", "lastSuperuser"],
  ["leavingSuperuser", "lastSuperuser", "promote", "allowed"],
  ["leavingSuperuser", "lastSuperuser", "rename", "allowed"],
  ["leavingSuperuser", "lastSuperuser", "setPassword", "allowed"],
  ["leavingSuperuser", "self", "saveAsIs", "allowed"],
  ["cli", "plain", "disable", "allowed"],
  ["cli", "plain", "promote", "allowed"],
  ["cli", "plain", "setPassword", "allowed"],
  ["cli", "superuser", "disable", "allowed"],
  ["cli", "superuser", "disableLater", "allowed"],
  ["cli", "superuser", "demote", "allowed"],
  ["cli", "superuser", "rename", "allowed"],
  ["cli", "superuser", "setPassword", "allowed"],
  ["cli", "lastSuperuser", "disable", "lastSuperuser"],
  ["cli", "lastSuperuser", "disableLater", "lastSuperuser"],
  ["cli", "lastSuperuser", "demote", "lastSuperuser"],
  ["cli", "lastSuperuser", "rename", "allowed"],
  ["cli", "lastSuperuser", "setPassword", "allowed"],
];

describe("actor, target, action", () => {
  it.each(cases)("%s, %s, %s: %s", async (actorKind, targetKind, action, expected) => {
    const actor = await actors[actorKind]();
    if (actorKind === "leavingSuperuser" && targetKind === "self") await createTestUser({ isSuperuser: true });
    const target = await targets[targetKind](actor);
    const ctx = actor ? (await signedIn(actor)).ctx : testContext();
    const before = await everythingStored();
    const work = actions[action](ctx, target);
    if (expected === "allowed") {
      await work;
      return;
    }
    expect(await failureOf(work)).toMatchObject({ code: "forbidden", problem: { key: expected } });
    expect(await everythingStored()).toEqual(before);
  });
});

describe("superusers that do not count as the one that remains", () => {
  it.each([
    ["a disabled one", { isEnabled: false }],
    ["one with a date of disabling", { disabledAt: TOMORROW }],
    ["one whose date of disabling has passed", { disabledAt: new Date("2020-01-01T00:00:00Z") }],
    ["an unverified one", { isVerified: false }],
  ])("%s", async (_, state) => {
    await createTestUser({ isSuperuser: true, ...state });
    const last = await createTestUser({ isSuperuser: true });
    expect(await failureOf(actions.demote(testContext(), last))).toMatchObject({ problem: { key: "lastSuperuser" } });
  });

  it("may themselves be demoted", async () => {
    const disabled = await createTestUser({ isSuperuser: true, isEnabled: false });
    await createTestUser({ isSuperuser: true });
    await actions.demote(testContext(), disabled);
    const { rows } = await database().execute(sql`select id from users where is_superuser`);
    expect(rows).toHaveLength(1);
  });
});

describe("creating a superuser", () => {
  it("is for superusers and the command line", async () => {
    const manager = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const before = await everythingStored();
    expect(await failureOf(createUser(manager.ctx, userInput({ isSuperuser: true })))).toMatchObject({
      code: "forbidden",
      problem: { key: "superusersOnly" },
    });
    expect(await everythingStored()).toEqual(before);
    const superuser = await signedIn(await createTestUser({ isSuperuser: true }));
    for (const ctx of [superuser.ctx, testContext()]) {
      const id = await createUser(ctx, userInput({ isSuperuser: true }));
      expect(await getUser(ctx, id)).toMatchObject({ isSuperuser: true });
    }
  });
});

describe("two superusers against each other at once", () => {
  it("one always remains", async () => {
    const [ann, bob] = [await createTestUser({ isSuperuser: true }), await createTestUser({ isSuperuser: true })];
    const [asAnn, asBob] = [await signedIn(ann), await signedIn(bob)];
    const attack = async (ctx: Context, target: TestUser, fields: Partial<UserInput>) => {
      const record = await getUser(ctx, target.id);
      return () => updateUser(ctx, target.id, record.version, editedInput(record, fields));
    };
    for (let round = 0; round < 25; round += 1) {
      await database()
        .update(users)
        .set({ isSuperuser: true, isEnabled: true })
        .where(inArray(users.id, [ann.id, bob.id]));
      const [first, second] = [
        await attack(asAnn.ctx, bob, { isSuperuser: false }),
        await attack(asBob.ctx, ann, round % 2 === 0 ? { isSuperuser: false } : { isEnabled: false }),
      ];
      const outcomes = await Promise.allSettled(round % 3 === 0 ? [second(), first()] : [first(), second()]);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
        // Whoever comes second is no superuser any more.
        reason: { code: "forbidden" },
      });
      const { rows } = await database().execute(sql`select id from users where is_superuser and is_enabled`);
      expect(rows).toHaveLength(1);
    }
  });

  it("one remains also when both are demoted from the command line", async () => {
    await database().update(users).set({ isSuperuser: false });
    for (let round = 0; round < 10; round += 1) {
      const pair = [await createTestUser({ isSuperuser: true }), await createTestUser({ isSuperuser: true })];
      const demotions = pair.map(async ({ id }) => {
        const record = await getUser(testContext(), id);
        return updateUser(testContext(), id, record.version, editedInput(record, { isSuperuser: false }));
      });
      const outcomes = await Promise.allSettled(demotions);
      expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { problem: { key: "lastSuperuser" } },
      });
      const { rows } = await database().execute(sql`select id from users where is_superuser`);
      expect(rows).toHaveLength(1);
      await database().update(users).set({ isSuperuser: false });
    }
  });

  it("somebody demoted while their request was under way makes no superusers", async () => {
    const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
    await database().update(users).set({ isSuperuser: false });
    expect(await failureOf(createUser(ctx, userInput({ isSuperuser: true })))).toMatchObject({ code: "forbidden" });
  });
});
