import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import { type Context, inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { groups as groupTable, userGroups } from "@/lib/db/schema/access";
import { auditEvents } from "@/lib/db/schema/events";
import { users as userTable } from "@/lib/db/schema/users";
import { entityNamed } from "@/lib/entities";
import { AppError, Forbidden } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
  uniqueName,
  userInput,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { failuresIn, overtaken, successesIn } from "@/lib/testing/races";
import { auditOf, everythingStored, lastAuditOf, storedUser } from "@/lib/testing/records";
import { setUpThings, thingEntity, things } from "@/lib/testing/things";
import { deleteIn, deleteRecord } from "./delete";
import type { Wanted } from "./draft";
import { type Change, type Editing, type Entity, editingOf, type Hooks, type Outcome, type Values } from "./entity";
import { getRecord } from "./record";
import { createRecord, saveIn, updateRecord } from "./save";

setUpTestDatabase();
setUpThings();

const users = entityNamed("users");
const groups = entityNamed("groups");

const PASSWORD = "correct horse battery staple";

/** A definition that differs in how it is edited. */
const editedBy = (entity: Entity, editing: Partial<Editing>): Entity => ({
  ...entity,
  editing: { ...editingOf(entity), ...editing },
});

const withHooks = (entity: Entity, hooks: Hooks) => editedBy(entity, { hooks });

const save = (ctx: Context, entity: Entity, wanted: Wanted[]): Promise<Outcome[]> =>
  inTransaction(ctx, (tx) => saveIn(tx, entity, wanted));

const setTo = (id: string, values: Values): Wanted => ({ id, patch: () => values });

/** A patch that adds to what the record holds, as a bulk action does. */
const addGroup = (id: string, group: string): Wanted => ({
  id,
  patch: ({ groupIds }) => ({ groupIds: [...(groupIds as string[]), group] }),
});

async function refusal(work: () => Promise<unknown>) {
  const before = await everythingStored();
  const failure = await failureOf(work());
  expect(await everythingStored()).toEqual(before);
  return failure;
}

/** What the form of a record shows. */
const valuesOf = async (entity: Entity, id: string): Promise<Values> =>
  (await getRecord(testContext(), entity, id)).values;

/** A user with something in every field. */
async function richUser() {
  const ids = await declareTestPermissions(["reports-read", "reports-write"]);
  const [group, bundle] = [await createTestGroup(), await createTestBundle()];
  const user = await createTestUser({
    permissions: ["reports-read", "reports-write"],
    groups: [group],
    bundles: [bundle],
    password: PASSWORD,
    isSuperuser: true,
    disabledAt: new Date("2093-05-06T07:08:09Z"),
  });
  await database().update(userTable).set({ locale: "es" }).where(eq(userTable.id, user.id));
  return { ...user, ids, group, bundle };
}

/** The columns that a form does not speak of, and those that it changes by the way. */
const beside = async (id: string) => {
  const { passwordHash, isVerified, locale, lastLoginAt, createdAt, disabledAt } = await storedUser(id);
  return { passwordHash, isVerified, locale, lastLoginAt, createdAt, disabledAt };
};

describe("a save of some fields", () => {
  it.each<[string, Values]>([
    ["loginId", { loginId: "somebody-else@example.com" }],
    ["isEnabled", { isEnabled: false }],
    ["isSuperuser", { isSuperuser: false }],
    ["groupIds", { groupIds: [] }],
    ["bundleIds", { bundleIds: [] }],
    ["permissionIds", { permissionIds: [] }],
    ["nothing of the password when it is left empty", { isEnabled: false, password: "", confirm: "" }],
  ])("keeps all others: %s", async (_, patch) => {
    await createTestUser({ isSuperuser: true });
    const user = await richUser();
    const [values, others] = [await valuesOf(users, user.id), await beside(user.id)];
    await updateRecord(testContext(), users, user.id, undefined, patch);
    expect(await valuesOf(users, user.id)).toEqual({ ...values, ...patch });
    expect(await beside(user.id)).toEqual(others);
  });

  it("keeps what a group holds when its name changes", async () => {
    await declareTestPermissions(["reports-read"]);
    const id = await createTestGroup({ permissions: ["reports-read"], bundles: [await createTestBundle()] });
    const values = await valuesOf(groups, id);
    const name = uniqueName("Renamed");
    await updateRecord(testContext(), groups, id, undefined, { name });
    expect(await valuesOf(groups, id)).toEqual({ ...values, name });
    expect((await lastAuditOf(id))?.changes).toEqual({ name: { from: values.name, to: name } });
  });

  it("keeps grants that the actor could not give", async () => {
    const user = await richUser();
    const [held] = [await createTestUser({ permissions: ["reports-read"], groups: [user.group] })];
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    await updateRecord(ctx, users, held.id, undefined, { disabledAt: "2099-01-01" });
    expect(await valuesOf(users, held.id)).toMatchObject({
      permissionIds: [user.ids["reports-read"]],
      groupIds: [user.group],
    });
  });

  it("sets a new password and nothing else", async () => {
    await createTestUser({ isSuperuser: true });
    const user = await richUser();
    const [values, before] = [await valuesOf(users, user.id), await beside(user.id)];
    const { token } = await signedIn(user);
    await updateRecord(testContext(), users, user.id, undefined, {
      password: "another password",
      confirm: "another password",
    });
    expect(await valuesOf(users, user.id)).toEqual(values);
    expect((await beside(user.id)).passwordHash).not.toBe(before.passwordHash);
    expect(await findPrincipal(token)).toBeNull();
    // A row that speaks of the password, and none that says nothing.
    const actions = (await auditOf(user.id)).map(({ action, changes }) => [action, changes]);
    expect(actions.slice(1)).toEqual([
      ["sign-in", { provider: { from: null, to: "password" } }],
      ["set-password", {}],
    ]);
  });
});

describe("a save that changes nothing", () => {
  it.each<[string, (values: Values) => Values]>([
    ["no field at all", () => ({})],
    ["every field as it is", (values) => values],
    ["the day of a disable date with a time", () => ({ disabledAt: "2093-05-06" })],
    ["blanks around the login id", ({ loginId }) => ({ loginId: `  ${loginId} ` })],
    [
      "what is held in another order, and twice",
      ({ permissionIds }) => ({
        permissionIds: [...(permissionIds as string[]), ...(permissionIds as string[])].reverse(),
      }),
    ],
  ])("writes nothing: %s", async (_, patch) => {
    const user = await richUser();
    const changed: Change[][] = [];
    const watched = withHooks(users, { afterSave: async (_tx, changes) => void changed.push(changes) });
    const before = await everythingStored();
    expect(await save(testContext(), watched, [{ id: user.id, patch }])).toEqual([
      { id: user.id, label: user.loginId, result: "unchanged" },
    ]);
    await updateRecord(testContext(), users, user.id, 1, patch(await valuesOf(users, user.id)));
    expect(await everythingStored()).toEqual(before);
    expect(changed).toEqual([]);
  });
});

describe("the audit trail", () => {
  it("gets one row for each changed record, with names instead of ids", async () => {
    const { "reports-read": read } = await declareTestPermissions(["reports-read", "reports-write"]);
    const [staff, alumni] = [uniqueName("Staff"), uniqueName("Alumni")];
    const [staffId, alumniId] = [await createTestGroup({ name: staff }), await createTestGroup({ name: alumni })];
    const [ann, bob, eve] = [
      await createTestUser(),
      await createTestUser({ groups: [alumniId], permissions: ["reports-write"] }),
      await createTestUser({ groups: [staffId] }),
    ];
    const [last] = await database()
      .select({ id: sql<number>`max(${auditEvents.id})` })
      .from(auditEvents);
    const { ctx, principal } = await signedIn(await createTestUser({ isSuperuser: true }));
    await save(ctx, users, [
      { id: ann.id, patch: () => ({ groupIds: [staffId, alumniId], isEnabled: false }) },
      { id: bob.id, patch: () => ({ groupIds: [staffId], permissionIds: [read] }) },
      { id: eve.id, patch: () => ({ groupIds: [staffId] }) },
    ]);
    const rows = await database()
      .select()
      .from(auditEvents)
      .where(sql`${auditEvents.id} > ${last?.id} and ${auditEvents.action} = 'update'`)
      .orderBy(auditEvents.id);
    const by = { actorKind: "user", actorId: principal.userId, actorLabel: principal.loginId, entity: "users" };
    expect(rows.map(({ entityId }) => entityId).sort()).toEqual([ann.id, bob.id].sort());
    expect(rows.find(({ entityId }) => entityId === ann.id)).toMatchObject({
      ...by,
      entityLabel: ann.loginId,
      changes: { isEnabled: { from: true, to: false }, groupIds: { from: [], to: [alumni, staff] } },
    });
    expect(rows.find(({ entityId }) => entityId === bob.id)?.changes).toEqual({
      groupIds: { from: [alumni], to: [staff] },
      permissionIds: { from: ["reports-write"], to: ["reports-read"] },
    });
  });

  it("never holds a password or its hash", async () => {
    const id = await createRecord(testContext(), users, userInput({ password: PASSWORD, confirm: PASSWORD }));
    await updateRecord(testContext(), users, id, undefined, { password: `${PASSWORD}!`, confirm: `${PASSWORD}!` });
    const told = JSON.stringify(await auditOf(id));
    expect(told).not.toContain("correct horse");
    expect(told).not.toContain("argon2");
  });
});

describe("a value that was stored before a rule came", () => {
  const tooLong = () => `${"x".repeat(300)}-${uniqueName("old")}@example.com`;

  it("does not stand in the way of another field, and stays as it is", async () => {
    const { id } = await createTestUser();
    const loginId = tooLong();
    await database().update(userTable).set({ loginId, loginIdCanonical: loginId }).where(eq(userTable.id, id));
    await updateRecord(testContext(), users, id, undefined, { isEnabled: false });
    expect(await storedUser(id)).toMatchObject({ loginId, isEnabled: false, version: 2 });
  });

  it("is not taken when it is sent again, nor another that breaks the rule", async () => {
    const { id } = await createTestUser();
    const loginId = tooLong();
    await database().update(userTable).set({ loginId, loginIdCanonical: loginId }).where(eq(userTable.id, id));
    for (const sent of [loginId, tooLong()]) {
      expect(await refusal(() => updateRecord(testContext(), users, id, undefined, { loginId: sent }))).toMatchObject({
        code: "invalid",
      });
    }
  });

  it("is not spelt anew by the change of another field", async () => {
    const id = await createTestGroup();
    const name = `Old   ${uniqueName("spelling")}`;
    await database().update(groupTable).set({ name, nameCanonical: name }).where(eq(groupTable.id, id));
    const { "reports-read": read } = await declareTestPermissions(["reports-read"]);
    await updateRecord(testContext(), groups, id, undefined, { permissionIds: [read] });
    expect(await valuesOf(groups, id)).toEqual({ name, bundleIds: [], permissionIds: [read] });
    expect((await lastAuditOf(id))?.changes).toEqual({ permissionIds: { from: [], to: ["reports-read"] } });
  });

  it("does not block another field where a later spelling is somebody else's", async () => {
    const name = uniqueName("Twin");
    await createTestGroup({ name });
    const id = await createTestGroup();
    // As it was compared before case was left out of account.
    await database().update(groupTable).set({ name, nameCanonical: name }).where(eq(groupTable.id, id));
    const { "reports-read": read } = await declareTestPermissions(["reports-read"]);
    await updateRecord(testContext(), groups, id, undefined, { permissionIds: [read] });
    expect(await valuesOf(groups, id)).toMatchObject({ permissionIds: [read] });
  });
});

describe("what is no field of the form", () => {
  it.each([
    "passwordHash",
    "isVerified",
    "version",
    "id",
    "loginIdCanonical",
    "lastLoginAt",
    "locale",
    "createdAt",
    "constructor",
    "toString",
    "__proto__",
  ])("is refused by name: %s", async (name) => {
    const { id } = await createTestUser();
    // As a body arrives: this way even __proto__ is an own property.
    const patch = JSON.parse(`{ "isEnabled": false, "${name}": "x" }`) as Values;
    expect(await refusal(() => updateRecord(testContext(), users, id, undefined, patch))).toMatchObject({
      code: "invalid",
    });
    expect(await refusal(() => createRecord(testContext(), users, { ...userInput(), ...patch }))).toMatchObject({
      code: "invalid",
    });
  });

  it("is refused whatever it is called", async () => {
    const { id } = await createTestUser();
    const known = Object.keys(editingOf(users).defaults);
    const before = await everythingStored();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }).filter((name) => !known.includes(name)),
        fc.jsonValue(),
        async (name, value) => {
          const patch = JSON.parse(`{ ${JSON.stringify(name)}: ${JSON.stringify(value)} }`) as Values;
          const failure = await failureOf(updateRecord(testContext(), users, id, undefined, patch));
          expect(failure).toMatchObject({ code: "invalid" });
        },
      ),
      { numRuns: 60 },
    );
    expect(await everythingStored()).toEqual(before);
  });

  it.each<[string, unknown]>([
    ["isEnabled", "true"],
    ["isEnabled", null],
    ["isSuperuser", "false"],
    ["isSuperuser", 1],
    ["loginId", 5],
    ["loginId", ["ann@example.com"]],
    ["password", 123_456_789_012],
    ["password", ["correct horse battery staple"]],
    ["disabledAt", null],
    ["disabledAt", "2026-02-30"],
    ["groupIds", "x"],
    ["groupIds", [1]],
    ["groupIds", [["x"]]],
    ["groupIds", { 0: "x" }],
    ["permissionIds", ["auth-manage"]],
  ])("nor is the wrong kind of value taken: %s = %j", async (field, value) => {
    const { id } = await createTestUser();
    expect(await refusal(() => updateRecord(testContext(), users, id, undefined, { [field]: value }))).toMatchObject({
      code: "invalid",
      fields: { [field]: expect.anything() },
    });
  });
});

describe("a new record", () => {
  it("is as the empty form where nothing is said", async () => {
    const name = uniqueName("Bare");
    const id = await createRecord(testContext(), groups, { name });
    expect(await valuesOf(groups, id)).toEqual({ name, bundleIds: [], permissionIds: [] });
    expect(await auditOf(id)).toMatchObject([{ action: "create", entityLabel: name }]);
  });

  it.each<[string, Entity, Values, string]>([
    ["group", groups, {}, "name"],
    ["user", users, { isEnabled: false }, "loginId"],
  ])("of a %s lacks nothing that is required", async (_, entity, input, field) => {
    expect(await refusal(() => createRecord(testContext(), entity, input))).toMatchObject({
      code: "invalid",
      fields: { [field]: { key: "required" } },
    });
  });
});

describe("several records in one transaction", () => {
  it("are saved but for those that are refused, which are left as they were", async () => {
    const ids = await declareTestPermissions(["held", "lacked"]);
    const manager = await createTestUser({ permissions: ["auth-manage", "held"] });
    const { ctx } = await signedIn(manager);
    const [plain, other, stale, generous, wrong, choosy] = await Promise.all(
      Array.from({ length: 6 }, () => createTestUser({ permissions: ["held"] })),
    );
    const superuser = await createTestUser({ isSuperuser: true });
    if (!plain || !other || !stale || !generous || !wrong || !choosy) throw new Error("six users");
    const unknown = randomUUID();
    const refused = [superuser, manager, stale, generous, wrong, choosy];
    const before = await Promise.all(refused.map(({ id }) => storedUser(id)));

    const outcomes = await save(ctx, users, [
      setTo(superuser.id, { isEnabled: false }),
      setTo(plain.id, { isEnabled: false }),
      setTo(manager.id, { isEnabled: false }),
      { ...setTo(stale.id, { isEnabled: false }), version: 7 },
      setTo(generous.id, { isEnabled: false, permissionIds: [ids.held, ids.lacked] }),
      setTo(wrong.id, { isEnabled: "no" }),
      setTo(choosy.id, { isEnabled: false, groupIds: [randomUUID()] }),
      setTo(unknown, { isEnabled: false }),
      setTo("x", { isEnabled: false }),
      { ...setTo(other.id, { permissionIds: [] }), version: 1 },
    ]);

    const outcomeOf = (id: string) => outcomes.find((outcome) => outcome.id === id);
    expect(outcomes).toHaveLength(10);
    for (const { id, loginId } of [plain, other])
      expect(outcomeOf(id)).toEqual({ id, label: loginId, result: "changed" });
    const no = (id: string, label: string, error: object) =>
      expect(outcomeOf(id)).toMatchObject({ id, label, result: "refused", error });
    no(superuser.id, superuser.loginId, { code: "forbidden", problem: { key: "superusersOnly" } });
    no(manager.id, manager.loginId, { code: "forbidden", problem: { key: "disablesSelf" } });
    no(stale.id, stale.loginId, { code: "conflict" });
    no(generous.id, generous.loginId, { fields: { permissionIds: { key: "grantsTooMuch" } } });
    no(wrong.id, wrong.loginId, { code: "invalid" });
    no(choosy.id, choosy.loginId, { fields: { groupIds: { key: "unknownChoice" } } });
    no(unknown, "", { code: "not-found" });
    no("x", "", { code: "not-found" });

    expect(await Promise.all(refused.map(({ id }) => storedUser(id)))).toEqual(before);
    for (const { id } of refused) expect((await auditOf(id)).map(({ action }) => action)).not.toContain("update");
    expect(await storedUser(plain.id)).toMatchObject({ isEnabled: false, version: 2 });
    expect(await valuesOf(users, plain.id)).toMatchObject({ permissionIds: [ids.held] });
    expect(await valuesOf(users, other.id)).toMatchObject({ isEnabled: true, permissionIds: [] });
    for (const { id } of [plain, other]) expect((await auditOf(id)).at(-1)).toMatchObject({ action: "update" });
  });

  it("that come to different values each get their own", async () => {
    const created = await Promise.all(Array.from({ length: 5 }, () => createTestUser()));
    await save(
      testContext(),
      users,
      created.map(({ id }, index) => setTo(id, { disabledAt: `2090-01-0${1 + (index % 3)}` })),
    );
    const days = await Promise.all(created.map(async ({ id }) => (await valuesOf(users, id)).disabledAt));
    expect(days).toEqual(["2090-01-01", "2090-01-02", "2090-01-03", "2090-01-01", "2090-01-02"]);
  });

  it("are all taken back when something fails that is no refusal", async () => {
    const [ann, bob] = [await createTestUser(), await createTestUser()];
    const failing = withHooks(users, {
      afterSave: async () => {
        throw new Error("the mail server is down");
      },
    });
    const before = await everythingStored();
    const wanted = [setTo(ann.id, { isEnabled: false }), setTo(bob.id, { isEnabled: false })];
    await expect(save(testContext(), failing, wanted)).rejects.toThrow("the mail server is down");
    expect(await everythingStored()).toEqual(before);
  });
});

describe("hooks", () => {
  it("before a save see each change as it was and as it will be, all at once", async () => {
    const seen: Change[][] = [];
    const watched = withHooks(users, {
      beforeSave: async (_tx, changes) => {
        seen.push(changes);
        return () => undefined;
      },
    });
    const [old, fresh] = [await createTestGroup({ name: uniqueName("Old") }), await createTestGroup()];
    const [ann, bob] = [await createTestUser({ groups: [old] }), await createTestUser()];
    await save(testContext(), watched, [setTo(ann.id, { groupIds: [fresh], isEnabled: false }), setTo(bob.id, {})]);
    expect(seen).toHaveLength(1);
    const [changes = []] = seen;
    expect(changes.map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort());
    const change = changes.find(({ id }) => id === ann.id);
    expect(change).toMatchObject({
      before: { id: ann.id, loginId: ann.loginId, isEnabled: true, version: 1, isTimedOut: false },
      after: { id: ann.id, loginId: ann.loginId, isEnabled: false },
      input: { loginId: ann.loginId, isEnabled: false, groupIds: [fresh], permissionIds: [] },
    });
    const plans = change?.relations.map(({ relation, added, removed }) => [relation.field, { added, removed }]);
    expect(Object.fromEntries(plans ?? [])).toEqual({
      groupIds: { added: [fresh], removed: [old] },
      bundleIds: { added: [], removed: [] },
      permissionIds: { added: [], removed: [] },
    });
  });

  it("before a save of a new record see that there was none", async () => {
    const seen: Change[] = [];
    const watched = withHooks(groups, {
      beforeSave: async (_tx, changes) => {
        seen.push(...changes);
        return () => undefined;
      },
    });
    const name = uniqueName("New");
    const id = await createRecord(testContext(), watched, { name });
    expect(seen).toMatchObject([{ id, after: { id, name }, input: { name } }]);
    expect(seen[0]).not.toHaveProperty("before");
  });

  it("refuse one record, and let the others be saved", async () => {
    const [ann, bob] = [await createTestUser(), await createTestUser()];
    const picky = withHooks(users, {
      beforeSave: async () => (change) => {
        if (change.id === ann.id) throw new Forbidden("superusersOnly");
      },
    });
    expect(
      await save(testContext(), picky, [setTo(ann.id, { isEnabled: false }), setTo(bob.id, { isEnabled: false })]),
    ).toMatchObject([
      { id: ann.id, result: "refused", error: { problem: { key: "superusersOnly" } } },
      { id: bob.id, result: "changed" },
    ]);
    expect(await storedUser(ann.id)).toMatchObject({ isEnabled: true, version: 1 });
    expect(await storedUser(bob.id)).toMatchObject({ isEnabled: false, version: 2 });
  });

  it("after a save are told of what changed only, within the transaction", async () => {
    const told: { ids: string[]; stored: boolean[] }[] = [];
    const watched = withHooks(users, {
      afterSave: async (tx, changes) => {
        const rows = await tx.db.select({ id: userTable.id, isEnabled: userTable.isEnabled }).from(userTable);
        const ids = changes.map(({ id }) => id);
        told.push({ ids, stored: rows.filter(({ id }) => ids.includes(id)).map(({ isEnabled }) => isEnabled) });
        // Whoever is not in this transaction does not see it yet.
        expect(await Promise.all(ids.map(async (id) => (await storedUser(id)).isEnabled))).toEqual([true, true]);
      },
    });
    const [ann, bob, eve] = [
      await createTestUser(),
      await createTestUser(),
      await createTestUser({ isEnabled: false }),
    ];
    await save(testContext(), watched, [
      setTo(eve.id, { isEnabled: false }),
      setTo(ann.id, { isEnabled: false }),
      setTo(bob.id, { isEnabled: false }),
      setTo(randomUUID(), { isEnabled: false }),
    ]);
    expect(told).toEqual([{ ids: [ann.id, bob.id], stored: [false, false] }]);
  });
});

describe("the rule of a row", () => {
  it("is asked by the verb, whoever has drawn the form", async () => {
    const asked: unknown[] = [];
    const guarded: Entity = {
      ...groups,
      rowRule: (_ctx, row, action) => {
        asked.push([row.name, action]);
        return String(row.name).startsWith("Fixed") ? { key: "forbidden", params: { name: "x" } } : undefined;
      },
    };
    const [name, other] = [uniqueName("Fixed"), uniqueName("Free")];
    const [fixed, free] = [await createTestGroup({ name }), await createTestGroup({ name: other })];
    expect(
      await refusal(() => updateRecord(testContext(), guarded, fixed, undefined, { name: uniqueName("x") })),
    ).toMatchObject({ code: "forbidden", problem: { key: "forbidden", params: { name: "x" } } });
    await updateRecord(testContext(), guarded, free, undefined, { name: uniqueName("y") });
    expect(asked).toEqual([
      [name, "edit"],
      [other, "edit"],
    ]);
  });

  it("keeps a manager from a superuser, also where the form hides the flag", async () => {
    const superuser = await createTestUser({ isSuperuser: true });
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    for (const patch of [{}, { disabledAt: "2099-01-01" }, { isSuperuser: false }]) {
      expect(await refusal(() => updateRecord(ctx, users, superuser.id, undefined, patch))).toMatchObject({
        problem: { key: "superusersOnly" },
      });
    }
  });
});

describe("between the look and the write", () => {
  it("a record that goes away is not found any more, and nothing of it comes back", async () => {
    const [gone, stays] = [await createTestUser(), await createTestUser()];
    const group = await createTestGroup();
    const outcome = await overtaken(
      (tx) => deleteIn(tx, users, [gone.id]),
      () => save(testContext(), users, [setTo(gone.id, { groupIds: [group] }), setTo(stays.id, { groupIds: [group] })]),
    );
    expect(outcome).toMatchObject({
      status: "fulfilled",
      value: [
        { id: gone.id, result: "refused", error: { code: "not-found" } },
        { id: stays.id, result: "changed" },
      ],
    });
    const links = await database().select().from(userGroups).where(eq(userGroups.groupId, group));
    expect(links).toMatchObject([{ userId: stays.id, groupId: group }]);
    expect((await auditOf(gone.id)).map(({ action }) => action)).toEqual(["create", "delete"]);
  });

  it("a version that somebody else makes refuses the save", async () => {
    const { id } = await createTestUser();
    const outcome = await overtaken(
      (tx) => saveIn(tx, users, [setTo(id, { disabledAt: "2091-01-01" })]),
      () => updateRecord(testContext(), users, id, 1, { isEnabled: false }),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict", problem: { key: "stale" } } });
    expect(await storedUser(id)).toMatchObject({ isEnabled: true, version: 2 });
  });

  it("a group that is deleted refuses the user who was to be in it, as a whole", async () => {
    const group = await createTestGroup();
    const user = await createTestUser({ groups: [await createTestGroup()] });
    const [row, values] = [await storedUser(user.id), await valuesOf(users, user.id)];
    const outcome = await overtaken(
      (tx) => deleteIn(tx, groups, [group]),
      () => updateRecord(testContext(), users, user.id, undefined, { groupIds: [group], isEnabled: false }),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
    expect(await storedUser(user.id)).toEqual(row);
    expect(await valuesOf(users, user.id)).toEqual(values);
    expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(["create"]);
  });

  it("a group that is deleted refuses the new user who was to be in it", async () => {
    const group = await createTestGroup();
    const input = userInput({ groupIds: [group] });
    const outcome = await overtaken(
      (tx) => deleteIn(tx, groups, [group]),
      () => createRecord(testContext(), users, input),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
    expect(await database().select().from(userTable).where(eq(userTable.loginId, input.loginId))).toEqual([]);
    expect(await database().select().from(auditEvents).where(eq(auditEvents.entityLabel, input.loginId))).toEqual([]);
  });

  it("a group that is deleted while many are being added leaves no half-written user", async () => {
    const members = await Promise.all(Array.from({ length: 4 }, () => createTestUser()));
    for (let round = 0; round < 20; round += 1) {
      const group = await createTestGroup();
      const versions = await Promise.all(members.map(async ({ id }) => (await storedUser(id)).version));
      const isEnabled = round % 2 === 1;
      const additions = members.map(
        ({ id }) =>
          () =>
            updateRecord(testContext(), users, id, undefined, { groupIds: [group], isEnabled }),
      );
      const all: (() => Promise<unknown>)[] = [...additions];
      all.splice(round % 5, 0, () => deleteRecord(testContext(), groups, group));
      const outcomes = await Promise.allSettled(all.map((start) => start()));
      const [deletion] = outcomes.splice(round % 5, 1);
      expect(deletion?.status).toBe("fulfilled");
      for (const failure of failuresIn(outcomes)) expect(failure).toBeInstanceOf(AppError);
      expect(await database().select().from(userGroups).where(eq(userGroups.groupId, group))).toEqual([]);
      for (const [index, { id }] of members.entries()) {
        const isSaved = outcomes[index]?.status === "fulfilled";
        const now = await storedUser(id);
        expect(now.version).toBe((versions[index] ?? 0) + (isSaved ? 1 : 0));
        if (isSaved) expect(now.isEnabled).toBe(isEnabled);
        expect((await auditOf(id)).filter(({ action }) => action === "update")).toHaveLength(now.version - 1);
        // The next round begins alike for all.
        await database().update(userTable).set({ isEnabled }).where(eq(userTable.id, id));
      }
    }
  });
});

describe("two transactions that add the same group at once", () => {
  it("leave one link, and the second changes nothing", async () => {
    for (let round = 0; round < 15; round += 1) {
      const [user, group] = [await createTestUser(), await createTestGroup()];
      const outcomes = await Promise.all([1, 2].map(() => save(testContext(), users, [addGroup(user.id, group)])));
      expect(
        outcomes
          .flat()
          .map(({ result }) => result)
          .sort(),
      ).toEqual(["changed", "unchanged"]);
      expect(await database().select().from(userGroups).where(eq(userGroups.userId, user.id))).toHaveLength(1);
      expect((await storedUser(user.id)).version).toBe(2);
      expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(["create", "update"]);
    }
  });

  it("beside one of their own leave each link once, and two versions", async () => {
    for (let round = 0; round < 15; round += 1) {
      const [user, shared] = [await createTestUser(), await createTestGroup()];
      const own = [await createTestGroup(), await createTestGroup()];
      const add = (group: string): Wanted => ({
        id: user.id,
        patch: ({ groupIds }) => ({ groupIds: [...(groupIds as string[]), shared, group] }),
      });
      const outcomes = await Promise.allSettled(own.map((group) => save(testContext(), users, [add(group)])));
      expect(successesIn(outcomes)).toBe(2);
      const links = await database().select().from(userGroups).where(eq(userGroups.userId, user.id));
      expect(links.map(({ groupId }) => groupId).sort()).toEqual([shared, ...own].sort());
      expect((await storedUser(user.id)).version).toBe(3);
      const added = (await auditOf(user.id)).filter(({ action }) => action === "update");
      expect(added.map(({ changes }) => ((changes.groupIds?.to ?? []) as string[]).length)).toEqual([2, 3]);
    }
  });

  it("and of which one takes it away again come out as if one after the other", async () => {
    for (let round = 0; round < 15; round += 1) {
      const [user, group] = [await createTestUser(), await createTestGroup()];
      const remove: Wanted = {
        id: user.id,
        patch: ({ groupIds }) => ({ groupIds: (groupIds as string[]).filter((id) => id !== group) }),
      };
      const started = [addGroup(user.id, group), remove];
      if (round % 2 === 1) started.reverse();
      const outcomes = await Promise.all(started.map((wanted) => save(testContext(), users, [wanted])));
      const changed = outcomes.flat().filter(({ result }) => result === "changed").length;
      const links = await database().select().from(userGroups).where(eq(userGroups.userId, user.id));
      // Either the group came and went, or the removal found nothing and the group is there.
      expect([changed, links.length]).toEqual(changed === 2 ? [2, 0] : [1, 1]);
      expect((await storedUser(user.id)).version).toBe(1 + changed);
    }
  });
});

describe("an entity whose definition says nothing of columns", () => {
  const rowOf = async (id: string) => {
    const [row] = await database().select().from(things).where(eq(things.id, id));
    return row;
  };

  it("has each field stored in its own, without blanks around texts, and what is empty as nothing", async () => {
    const title = uniqueName("Thing");
    const id = await createRecord(testContext(), thingEntity, { title: ` ${title} `, note: "", due: "" });
    expect(await rowOf(id)).toMatchObject({ title, note: null, due: null, isOpen: true, state: "new", version: 1 });
    await updateRecord(testContext(), thingEntity, id, 1, { note: " as\n typed ", due: "2031-05-06", state: "done" });
    const filled = { title, note: " as\n typed ", due: "2031-05-06", isOpen: true, state: "done" };
    expect(await rowOf(id)).toMatchObject({ ...filled, version: 2 });
    expect(await valuesOf(thingEntity, id)).toEqual(filled);
    await updateRecord(testContext(), thingEntity, id, 2, { due: "" });
    expect(await rowOf(id)).toMatchObject({ ...filled, due: null, version: 3 });
    expect(await auditOf(id)).toMatchObject([
      { action: "create", entity: "things", entityLabel: title },
      {
        action: "update",
        changes: { note: { from: null, to: " as\n typed " }, due: { from: null, to: "2031-05-06" } },
      },
      { action: "update", changes: { due: { from: "2031-05-06", to: null } } },
    ]);
  });

  it("writes nothing where nothing changes", async () => {
    const input = { title: uniqueName("Thing"), note: "", due: "2031-05-06", isOpen: false };
    const id = await createRecord(testContext(), thingEntity, input);
    const before = await rowOf(id);
    await updateRecord(testContext(), thingEntity, id, 1, await valuesOf(thingEntity, id));
    await updateRecord(testContext(), thingEntity, id, 1, { title: ` ${input.title} ` });
    expect(await rowOf(id)).toEqual(before);
    expect(await auditOf(id)).toHaveLength(1);
  });

  it("leads to the holder of a value that only one may have", async () => {
    const title = uniqueName("Thing");
    const id = await createRecord(testContext(), thingEntity, { title });
    const other = await createRecord(testContext(), thingEntity, { title: uniqueName("Thing") });
    const taken = { fields: { title: { key: "nameTaken", href: `/admin/things/${id}/edit` } } };
    const again = { title: ` ${title}` };
    expect(await failureOf(createRecord(testContext(), thingEntity, again))).toMatchObject(taken);
    expect(await failureOf(updateRecord(testContext(), thingEntity, other, 1, again))).toMatchObject(taken);
    expect(await rowOf(other)).toMatchObject({ version: 1 });
  });
});
