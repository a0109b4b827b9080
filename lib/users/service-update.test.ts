import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  editedInput,
  permissionIdsOf,
  signedIn,
  userInput,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored, lastAuditOf, storedUser } from "@/lib/testing/records";
import type { UserInput } from "./schema";
import { getUser, setLocale, updateUser } from "./service";

setUpTestDatabase();

/** Loads the form of a user, changes some fields, and saves. */
async function save(id: string, fields: Partial<UserInput>, ctx: Context = testContext()) {
  const record = await getUser(ctx, id);
  await updateUser(ctx, id, record.version, editedInput(record, fields));
}

async function refusal(work: () => Promise<unknown>) {
  const before = await everythingStored();
  const failure = await failureOf(work());
  expect(await everythingStored()).toEqual(before);
  return failure;
}

describe("updateUser", () => {
  it("stores what changed, with old and new values in one audit row", async () => {
    await declareTestPermissions(["reports-read"]);
    const [old, kept, fresh] = [
      await createTestGroup({ name: "Old" }),
      await createTestGroup({ name: "Kept" }),
      await createTestGroup({ name: "Fresh" }),
    ];
    const bundle = await createTestBundle({ name: "Reporting" });
    const user = await createTestUser({ loginId: "ann@example.com", groups: [old, kept], bundles: [bundle] });
    const before = await storedUser(user.id);
    await save(user.id, {
      loginId: "Ann.Lee@example.com",
      isEnabled: false,
      disabledAt: "2031-05-06",
      isSuperuser: true,
      groupIds: [fresh, kept],
      bundleIds: [],
      permissionIds: await permissionIdsOf(["reports-read"]),
    });
    const after = await getUser(testContext(), user.id);
    expect(after).toMatchObject({
      loginId: "Ann.Lee@example.com",
      loginIdCanonical: "ann.lee@example.com",
      isEnabled: false,
      isSuperuser: true,
      isVerified: true,
      disabledAt: new Date("2031-05-06T00:00:00Z"),
      version: before.version + 1,
      createdAt: before.createdAt,
      bundleIds: [],
    });
    expect(after.groupIds.sort()).toEqual([fresh, kept].sort());
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "update",
      actorKind: "cli",
      entityLabel: "Ann.Lee@example.com",
      changes: {
        loginId: { from: "ann@example.com", to: "Ann.Lee@example.com" },
        isEnabled: { from: true, to: false },
        disabledAt: { from: null, to: "2031-05-06T00:00:00.000Z" },
        isSuperuser: { from: false, to: true },
        groupIds: { from: ["Kept", "Old"], to: ["Fresh", "Kept"] },
        bundleIds: { from: ["Reporting"], to: [] },
        permissionIds: { from: [], to: ["reports-read"] },
      },
    });
  });

  it("audits only the fields that changed", async () => {
    const group = await createTestGroup();
    const user = await createTestUser({ groups: [group], disabledAt: new Date("2031-05-06T07:08:09Z") });
    await save(user.id, { isEnabled: false });
    expect((await lastAuditOf(user.id))?.changes).toEqual({ isEnabled: { from: true, to: false } });
  });

  it("leaves the superuser flag and the password alone where the form does not speak of them", async () => {
    const user = await createTestUser({ isSuperuser: true, password: "correct horse battery staple" });
    const { passwordHash } = await storedUser(user.id);
    const record = await getUser(testContext(), user.id);
    const { isSuperuser: _, ...withoutFlag } = editedInput(record);
    await updateUser(testContext(), user.id, record.version, withoutFlag);
    expect(await storedUser(user.id)).toMatchObject({ isSuperuser: true, passwordHash });
  });

  it("changes the spelling of the own login id", async () => {
    const user = await createTestUser({ loginId: "spelling@example.com" });
    await save(user.id, { loginId: "Spelling@Example.com" });
    expect(await storedUser(user.id)).toMatchObject({ loginId: "Spelling@Example.com" });
  });

  it("refuses somebody else's login id in another spelling, and leads there", async () => {
    const holder = await createTestUser({ loginId: "holder@example.com" });
    const user = await createTestUser();
    expect(await refusal(() => save(user.id, { loginId: "HOLDER@example.com" }))).toMatchObject({
      fields: { loginId: { key: "loginIdTaken", href: `/admin/users/${holder.id}/edit` } },
    });
  });

  it.each(["groupIds", "bundleIds", "permissionIds"] as const)("refuses an unknown id in %s", async (field) => {
    const user = await createTestUser();
    expect(await refusal(() => save(user.id, { [field]: [randomUUID()] }))).toMatchObject({
      code: "invalid",
      fields: { [field]: { key: "unknownChoice" } },
    });
  });

  it.each(["x", "", "\0", randomUUID()])("knows no user with the id %j", async (id) => {
    expect(await refusal(() => updateUser(testContext(), id, 1, userInput()))).toMatchObject({ code: "not-found" });
  });

  it.each([-1, 0, 1, 3, 999_999_999])("refuses a form loaded with version %d when it is 2 by now", async (version) => {
    const user = await createTestUser();
    await save(user.id, { disabledAt: "2040-01-01" });
    const input = editedInput(await getUser(testContext(), user.id), { isEnabled: false });
    expect(await refusal(() => updateUser(testContext(), user.id, version, input))).toMatchObject({ code: "conflict" });
  });

  it("takes one of several saves of the same form", async () => {
    const user = await createTestUser();
    const record = await getUser(testContext(), user.id);
    const outcomes = await Promise.allSettled(
      ["2031-01-01", "2031-01-02", "2031-01-03", "2031-01-04"].map((disabledAt) =>
        updateUser(testContext(), user.id, record.version, editedInput(record, { disabledAt })),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
    }
    expect((await storedUser(user.id)).version).toBe(record.version + 1);
  });
});

const PAST = "2020-02-03T04:05:06.000Z";
const FUTURE = "2099-02-03T04:05:06.000Z";

describe("the date of disabling", () => {
  it.each<[string, { isEnabled: boolean; disabledAt?: string }, Partial<UserInput>, string | null]>([
    ["re-enabling clears one that has passed", { isEnabled: false, disabledAt: PAST }, { isEnabled: true }, null],
    ["re-enabling keeps one to come", { isEnabled: false, disabledAt: FUTURE }, { isEnabled: true }, FUTURE],
    [
      "re-enabling takes one that was changed",
      { isEnabled: false, disabledAt: PAST },
      { isEnabled: true, disabledAt: "2099-12-31" },
      "2099-12-31T00:00:00.000Z",
    ],
    [
      "re-enabling takes one that was set",
      { isEnabled: false },
      { isEnabled: true, disabledAt: "2099-12-31" },
      "2099-12-31T00:00:00.000Z",
    ],
    ["re-enabling without one leaves it so", { isEnabled: false }, { isEnabled: true }, null],
    ["saving somebody enabled keeps one that has passed", { isEnabled: true, disabledAt: PAST }, {}, PAST],
    ["saving somebody disabled keeps one that has passed", { isEnabled: false, disabledAt: PAST }, {}, PAST],
    ["saving the same day keeps the time of day", { isEnabled: true, disabledAt: FUTURE }, {}, FUTURE],
    [
      "another day begins at its first moment",
      { isEnabled: true, disabledAt: FUTURE },
      { disabledAt: "2099-02-04" },
      "2099-02-04T00:00:00.000Z",
    ],
    ["an empty day clears it", { isEnabled: true, disabledAt: FUTURE }, { disabledAt: "" }, null],
    ["disabling keeps it", { isEnabled: true, disabledAt: FUTURE }, { isEnabled: false }, FUTURE],
  ])("%s", async (_, { isEnabled, disabledAt }, fields, expected) => {
    const user = await createTestUser({ isEnabled, ...(disabledAt && { disabledAt: new Date(disabledAt) }) });
    await save(user.id, fields);
    expect((await storedUser(user.id)).disabledAt?.toISOString() ?? null).toBe(expected);
  });

  it("that re-enabling has cleared lets the user sign in again", async () => {
    const user = await createTestUser({ isEnabled: false, disabledAt: new Date(PAST) });
    await save(user.id, { isEnabled: true });
    await expect(signedIn(user)).resolves.toBeDefined();
    expect((await lastAuditOf(user.id))?.action).toBe("sign-in");
  });
});

describe("setLocale", () => {
  it("remembers the language of one user", async () => {
    const [user, other] = [await createTestUser(), await createTestUser()];
    await setLocale(testContext(), user.id, "es");
    const rows = await database().select({ id: users.id }).from(users).where(eq(users.locale, "es"));
    expect(rows).toEqual([{ id: user.id }]);
    expect((await storedUser(other.id)).locale).toBeNull();
  });
});
