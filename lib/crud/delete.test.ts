import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import { type Context, inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { userGroups } from "@/lib/db/schema/access";
import { accounts, sessions } from "@/lib/db/schema/auth";
import { users as userTable } from "@/lib/db/schema/users";
import { entityNamed } from "@/lib/entities";
import { Forbidden } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
  type TestUser,
  uniqueName,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { failuresIn, overtaken, successesIn } from "@/lib/testing/races";
import { auditOf, everythingStored, lastAuditOf, linksStored } from "@/lib/testing/records";
import { deleteIn, deleteRecord } from "./delete";
import { type Change, type Entity, editingOf, type Hooks } from "./entity";
import { updateRecord } from "./save";

setUpTestDatabase();

const users = entityNamed("users");
const groups = entityNamed("groups");
const bundles = entityNamed("bundles");

/** Tables of a cloner's own that refer to users, in both ways in which PostgreSQL refuses. */
const REFERRING = ["orders", "invoices"] as const;

beforeAll(async () => {
  await database().execute(sql`create table orders (user_id uuid not null references users)`);
  await database().execute(sql`create table invoices (user_id uuid not null references users on delete restrict)`);
});

beforeEach(async () => {
  // Each case makes its own superusers.
  await database().update(userTable).set({ isSuperuser: false });
});

const refer = (table: (typeof REFERRING)[number], { id }: TestUser) =>
  database().execute(sql`insert into ${sql.identifier(table)} (user_id) values (${id})`);

const remove = (ctx: Context, entity: Entity, ids: string[]) => inTransaction(ctx, (tx) => deleteIn(tx, entity, ids));

const withHooks = (entity: Entity, hooks: Hooks): Entity => ({
  ...entity,
  editing: { ...editingOf(entity), hooks },
});

async function isThere({ id }: { id: string }): Promise<boolean> {
  const { rows } = await database().execute(sql`select from users where id = ${id}`);
  return rows.length === 1;
}

async function refusal(work: () => Promise<unknown>) {
  const before = await everythingStored();
  const failure = await failureOf(work());
  expect(await everythingStored()).toEqual(before);
  return failure;
}

const manager = async () => signedIn(await createTestUser({ permissions: ["auth-manage"] }));

describe("deleting a user", () => {
  it("takes links, sessions and identities along, and nothing of others", async () => {
    const [group, bundle] = [await createTestGroup(), await createTestBundle()];
    const options = { permissions: ["auth-manage"], groups: [group], bundles: [bundle] };
    const other = await signedIn(await createTestUser(options));
    const [links, kept] = [await linksStored(), await everythingStored()];
    const user = await createTestUser(options);
    await signedIn(user);
    await signedIn(user);
    await database().insert(accounts).values({ issuer: "x", subject: user.id, userId: user.id, provider: "corp" });
    await deleteRecord(testContext(), users, user.id);
    expect(await isThere(user)).toBe(false);
    expect(await linksStored()).toEqual(links);
    expect((await everythingStored()).sessions).toEqual(kept.sessions);
    expect(await database().select().from(accounts).where(eq(accounts.userId, user.id))).toEqual([]);
    expect(await findPrincipal(other.token)).toMatchObject({ permissions: new Set(["auth-manage"]) });
  });

  it("makes the cookie worthless at once", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"] });
    const { token } = await signedIn(user);
    expect(await findPrincipal(token)).not.toBeNull();
    await deleteRecord(testContext(), users, user.id);
    expect(await findPrincipal(token)).toBeNull();
    expect(await database().select().from(sessions).where(eq(sessions.userId, user.id))).toEqual([]);
  });

  it("tells in the audit trail what was lost, by name", async () => {
    const { ctx, principal } = await manager();
    const [group, bundle] = [uniqueName("Staff"), uniqueName("Reporting")];
    const user = await createTestUser({
      permissions: ["auth-manage"],
      groups: [await createTestGroup({ name: group })],
      bundles: [await createTestBundle({ name: bundle })],
      password: "correct horse battery staple",
      disabledAt: new Date("2093-05-06T07:08:09Z"),
    });
    const request = { ip: "203.0.113.7", userAgent: "Firefox", requestId: "r-1" };
    await deleteRecord({ ...ctx, request }, users, user.id);
    expect(await lastAuditOf(user.id)).toMatchObject({
      action: "delete",
      entity: "users",
      entityLabel: user.loginId,
      actorId: principal.userId,
      ip: "203.0.113.7",
      requestId: "r-1",
    });
    expect((await lastAuditOf(user.id))?.changes).toEqual({
      loginId: { from: user.loginId, to: null },
      isEnabled: { from: true, to: null },
      isSuperuser: { from: false, to: null },
      disabledAt: { from: "2093-05-06T07:08:09.000Z", to: null },
      groupIds: { from: [group], to: null },
      bundleIds: { from: [bundle], to: null },
      permissionIds: { from: ["auth-manage"], to: null },
    });
  });
});

describe.each([
  ["group", groups, createTestGroup, "groups"],
  ["bundle", bundles, createTestBundle, "bundles"],
] as const)("deleting a %s", (_, entity, create, option) => {
  it("takes what it gave from its members at once", async () => {
    await declareTestPermissions(["given"]);
    const [one, two] = [await create({ permissions: ["given"] }), await create({ permissions: ["given"] })];
    const [member, both] = [
      await signedIn(await createTestUser({ [option]: [one], permissions: ["auth-manage"] })),
      await signedIn(await createTestUser({ [option]: [one, two] })),
    ];
    expect(member.principal.permissions).toEqual(new Set(["auth-manage", "given"]));
    await deleteRecord(testContext(), entity, one);
    expect((await findPrincipal(member.token))?.permissions).toEqual(new Set(["auth-manage"]));
    expect((await findPrincipal(both.token))?.permissions).toEqual(new Set(["given"]));
    await deleteRecord(testContext(), entity, two);
    expect((await findPrincipal(both.token))?.permissions).toEqual(new Set());
  });

  it("leaves no link, and tells what it held by name", async () => {
    await declareTestPermissions(["given", "given-too"]);
    const links = await linksStored();
    const name = uniqueName("Doomed");
    const id = await create({ name, permissions: ["given-too", "given"] });
    await createTestUser({ [option]: [id] });
    await deleteRecord(testContext(), entity, id);
    expect(await linksStored()).toEqual(links);
    expect(await lastAuditOf(id)).toMatchObject({
      action: "delete",
      entity: entity.name,
      entityLabel: name,
      changes: { name: { from: name, to: null }, permissionIds: { from: ["given", "given-too"], to: null } },
    });
  });
});

describe("deleting a bundle that groups have", () => {
  it("takes from their members what it gave", async () => {
    await declareTestPermissions(["given"]);
    const bundle = await createTestBundle({ permissions: ["given"] });
    const group = await createTestGroup({ bundles: [bundle] });
    const { token, principal } = await signedIn(await createTestUser({ groups: [group] }));
    expect(principal.permissions).toEqual(new Set(["given"]));
    await deleteRecord(testContext(), bundles, bundle);
    expect((await findPrincipal(token))?.permissions).toEqual(new Set());
  });
});

describe.each(REFERRING)("a user to whom %s refer", (table) => {
  it("is not deleted", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"], groups: [await createTestGroup()] });
    const { token } = await signedIn(user);
    await refer(table, user);
    expect(await refusal(() => deleteRecord(testContext(), users, user.id))).toMatchObject({
      code: "conflict",
      problem: { key: "referenced" },
    });
    expect(await findPrincipal(token)).not.toBeNull();
  });

  it("stays while the others are deleted", async () => {
    const all = [];
    for (let n = 0; n < 5; n += 1) all.push(await createTestUser({ groups: [await createTestGroup()] }));
    const referred = [all[1], all[4]].filter((user) => user !== undefined);
    for (const user of referred) await refer(table, user);
    const outcomes = await remove(
      testContext(),
      users,
      all.map(({ id }) => id),
    );
    expect(outcomes).toEqual(
      all.map(({ id, loginId: label }) =>
        referred.some((user) => user.id === id)
          ? {
              id,
              label,
              result: "refused",
              error: expect.objectContaining({ code: "conflict", problem: { key: "referenced" } }),
            }
          : { id, label, result: "changed" },
      ),
    );
    for (const user of all) {
      const isReferred = referred.includes(user);
      expect(await isThere(user)).toBe(isReferred);
      expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(
        isReferred ? ["create"] : ["create", "delete"],
      );
      const links = await database().select().from(userGroups).where(eq(userGroups.userId, user.id));
      expect(links).toHaveLength(isReferred ? 1 : 0);
    }
  });

  it("is kept by a reference that comes to be at the same moment", async () => {
    const user = await createTestUser();
    const outcome = await overtaken(
      (tx) => tx.db.execute(sql`insert into ${sql.identifier(table)} (user_id) values (${user.id})`),
      () => deleteRecord(testContext(), users, user.id),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict", problem: { key: "referenced" } } });
    expect(await isThere(user)).toBe(true);
  });
});

describe("the version", () => {
  it("refuses a deletion that was decided on an older record", async () => {
    const user = await createTestUser();
    await updateRecord(testContext(), users, user.id, 1, { isEnabled: false });
    for (const version of [0, 1, 3]) {
      expect(await refusal(() => deleteRecord(testContext(), users, user.id, version))).toMatchObject({
        code: "conflict",
        problem: { key: "stale" },
      });
    }
    await deleteRecord(testContext(), users, user.id, 2);
    expect(await isThere(user)).toBe(false);
  });

  it("is compared with what somebody else is about to save", async () => {
    const user = await createTestUser();
    const outcome = await overtaken(
      (tx) => updateRecord(tx, users, user.id, 1, { isEnabled: false }),
      () => deleteRecord(testContext(), users, user.id, 1),
    );
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conflict", problem: { key: "stale" } } });
    expect(await isThere(user)).toBe(true);
  });

  it("does not matter where none is given", async () => {
    const user = await createTestUser();
    await updateRecord(testContext(), users, user.id, 1, { isEnabled: false });
    await deleteRecord(testContext(), users, user.id);
    expect(await isThere(user)).toBe(false);
  });
});

describe("what is not there", () => {
  it.each(["x", "", "\0", randomUUID()])("is not found: %j", async (id) => {
    for (const entity of [users, groups, bundles]) {
      for (const version of [undefined, 1]) {
        expect(await refusal(() => deleteRecord(testContext(), entity, id, version))).toMatchObject({
          code: "not-found",
        });
      }
    }
  });

  it("any more is told to the second of two who delete it", async () => {
    const user = await createTestUser();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => deleteRecord(testContext(), users, user.id)));
    expect(successesIn(outcomes)).toBe(1);
    expect(failuresIn(outcomes)).toMatchObject([{ code: "not-found" }, { code: "not-found" }]);
    expect((await auditOf(user.id)).map(({ action }) => action)).toEqual(["create", "delete"]);
  });

  it("is refused among others, which are deleted", async () => {
    const user = await createTestUser();
    const unknown = randomUUID();
    expect(await remove(testContext(), users, [unknown, user.id])).toMatchObject([
      { id: unknown, label: "", result: "refused", error: { code: "not-found" } },
      { id: user.id, result: "changed" },
    ]);
    expect(await isThere(user)).toBe(false);
  });
});

describe("nobody deletes", () => {
  it("themselves", async () => {
    const asManager = await manager();
    await createTestUser({ isSuperuser: true });
    const asSuperuser = await signedIn(await createTestUser({ isSuperuser: true }));
    for (const { ctx, principal } of [asManager, asSuperuser]) {
      expect(await refusal(() => deleteRecord(ctx, users, principal.userId))).toMatchObject({
        code: "forbidden",
        problem: { key: "deletesSelf" },
      });
    }
  });

  it("a superuser without being one", async () => {
    await createTestUser({ isSuperuser: true });
    const superuser = await createTestUser({ isSuperuser: true });
    const { ctx } = await manager();
    expect(await refusal(() => deleteRecord(ctx, users, superuser.id))).toMatchObject({
      code: "forbidden",
      problem: { key: "superusersOnly" },
    });
    const boss = await signedIn(await createTestUser({ isSuperuser: true }));
    await deleteRecord(boss.ctx, users, superuser.id);
    expect(await isThere(superuser)).toBe(false);
  });

  it("the last superuser who stays", async () => {
    const superuser = await createTestUser({ isSuperuser: true });
    await createTestUser({ isSuperuser: true, isEnabled: false });
    const leaving = await createTestUser({ isSuperuser: true, disabledAt: new Date("2099-01-01T00:00:00Z") });
    for (const ctx of [testContext(), (await signedIn(leaving)).ctx]) {
      expect(await refusal(() => deleteRecord(ctx, users, superuser.id))).toMatchObject({
        code: "forbidden",
        problem: { key: "lastSuperuser" },
      });
    }
  });

  it("all superusers at one stroke", async () => {
    const superusers = [];
    for (let n = 0; n < 3; n += 1) superusers.push(await createTestUser({ isSuperuser: true }));
    const plain = await createTestUser();
    const ids = [plain, ...superusers].map(({ id }) => id);
    const outcomes = await remove(testContext(), users, ids);
    expect(outcomes.map(({ result }) => result)).toEqual(["changed", "changed", "changed", "refused"]);
    expect(outcomes.at(-1)).toMatchObject({ error: { problem: { key: "lastSuperuser" } } });
    const { rows } = await database().execute<{ id: string }>(sql`select id from users where is_superuser`);
    expect(rows).toEqual([{ id: superusers[2]?.id }]);
  });
});

describe("hooks", () => {
  it("before a deletion refuse single records; after it they are told of what is gone", async () => {
    const seen: { before?: Change[]; after?: Change[]; rows?: number } = {};
    const [fixed, free] = [uniqueName("Fixed"), uniqueName("Free")];
    const [fixedId, freeId] = [await createTestGroup({ name: fixed }), await createTestGroup({ name: free })];
    const watched = withHooks(groups, {
      beforeDelete: async (_tx, changes) => {
        seen.before = changes;
        return ({ id }) => {
          if (id === fixedId) throw new Forbidden();
        };
      },
      afterDelete: async (tx, changes) => {
        seen.after = changes;
        seen.rows = (await tx.db.execute(sql`select from groups where id in (${fixedId}, ${freeId})`)).rows.length;
      },
    });
    expect(await remove(testContext(), watched, [fixedId, freeId, randomUUID()])).toMatchObject([
      { id: fixedId, label: fixed, result: "refused", error: { code: "forbidden" } },
      { id: freeId, label: free, result: "changed" },
      { result: "refused", error: { code: "not-found" } },
    ]);
    expect(seen.before?.map(({ id }) => id).sort()).toEqual([fixedId, freeId].sort());
    expect(seen.before?.find(({ id }) => id === freeId)).toMatchObject({
      before: { name: free },
      input: { name: free },
    });
    expect(seen.before?.[0]).not.toHaveProperty("after");
    expect(seen.after?.map(({ id }) => id)).toEqual([freeId]);
    expect(seen.rows).toBe(1);
  });

  it("that fail take the deletion back", async () => {
    const failing = withHooks(groups, {
      afterDelete: async () => {
        throw new Error("no disk left");
      },
    });
    const id = await createTestGroup();
    const before = await everythingStored();
    await expect(deleteRecord(testContext(), failing, id)).rejects.toThrow("no disk left");
    expect(await everythingStored()).toEqual(before);
  });

  it("are not told of nothing", async () => {
    const watched = withHooks(groups, {
      afterDelete: async () => {
        throw new Error("nothing was deleted");
      },
    });
    expect(await refusal(() => deleteRecord(testContext(), watched, randomUUID()))).toMatchObject({
      code: "not-found",
    });
  });
});
