import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { deleteRecord } from "@/lib/crud/delete";
import { listRows } from "@/lib/crud/list";
import { parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { getRecord, toJson } from "@/lib/crud/record";
import { everyRow } from "@/lib/crud/rows";
import { updateRecord } from "@/lib/crud/save";
import { database } from "@/lib/db/client";
import { users as userTable } from "@/lib/db/schema/users";
import { entityNamed } from "@/lib/entities";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { auditOf, lastAuditOf } from "@/lib/testing/records";
import { collected } from "@/lib/testing/streams";
import { historyOf } from "./history";
import { recordAudits } from "./record";
import { visibleChanges } from "./visible";

/** Who is a superuser is for superusers to know, in the audit trail as everywhere else. */

setUpTestDatabase();

const audit = entityNamed("audit");
const users = entityNamed("users");

beforeEach(async () => {
  await database().update(userTable).set({ isSuperuser: false });
});

const listOf = async (ctx: Context, q: string) =>
  (await listRows(ctx, audit, parseListQuery({ q, size: "100" }, listFieldsOf(ctx, audit)), [])).items;

/** Each way in which changes come out, with the changes of the newest row on a user. */
const ways: [string, (ctx: Context, user: { id: string; loginId: string }) => Promise<unknown>][] = [
  ["the list", async (ctx, { loginId }) => (await listOf(ctx, loginId))[0]?.changes],
  [
    "the export",
    async (ctx, { loginId }) => {
      const query = parseListQuery({ q: loginId }, listFieldsOf(ctx, audit));
      return (await collected(everyRow(ctx, audit, query, []))).flat()[0]?.changes;
    },
  ],
  [
    "the record",
    async (ctx, { id }) => {
      const { row } = await getRecord(ctx, audit, String((await lastAuditOf(id))?.id));
      return toJson(ctx, audit, row).changes;
    },
  ],
  ["the history", async (ctx, { id }) => (await historyOf(ctx, "users", id, { page: 1, size: 1 })).items[0]?.changes],
];

/** Somebody who was made a superuser and disabled in one save. */
async function changedUser() {
  const user = await createTestUser();
  await updateRecord(testContext(), users, user.id, undefined, { isSuperuser: true, isEnabled: false });
  return user;
}

const FLAG = { isSuperuser: { from: false, to: true } };
const OTHER = { isEnabled: { from: true, to: false } };

describe.each(ways)("in %s", (_, changesIn) => {
  it("the flag is shown to superusers and to the command line", async () => {
    const user = await changedUser();
    const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
    expect(await changesIn(ctx, user)).toEqual({ ...FLAG, ...OTHER });
    expect(await changesIn(testContext(), user)).toEqual({ ...FLAG, ...OTHER });
    expect(await changesIn(testContext({ kind: "system" }), user)).toEqual({ ...FLAG, ...OTHER });
  });

  it("the flag is hidden from everybody else, and the other fields are not", async () => {
    const user = await changedUser();
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    expect(await changesIn(ctx, user)).toEqual(OTHER);
    // What is stored stays whole.
    expect((await lastAuditOf(user.id))?.changes).toEqual({ ...FLAG, ...OTHER });
  });

  it("neither the creation nor the deletion of a superuser tells it", async () => {
    await createTestUser({ isSuperuser: true });
    const superuser = await createTestUser({ isSuperuser: true });
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    expect(await changesIn(ctx, superuser)).toMatchObject({ loginId: { from: null, to: superuser.loginId } });
    expect(await changesIn(ctx, superuser)).not.toHaveProperty("isSuperuser");
    await deleteRecord(testContext(), users, superuser.id);
    expect(await changesIn(ctx, superuser)).toMatchObject({ loginId: { from: superuser.loginId, to: null } });
    expect(await changesIn(ctx, superuser)).not.toHaveProperty("isSuperuser");
  });
});

describe("the list of the audit trail", () => {
  it("shows and finds everything else to whoever may open it", async () => {
    const user = await changedUser();
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const rows = await listOf(ctx, user.loginId);
    expect(rows.map(({ action, entityLabel }) => [action, entityLabel])).toEqual([
      ["update", user.loginId],
      ["create", user.loginId],
    ]);
  });

  it.each([
    ["action=update", 1],
    ["action=create", 1],
    ["action=delete", 0],
    ["action=nonsense", 2],
    ["entity=users", 2],
    ["entity=groups", 0],
    ["actorLabel=cli", 2],
    ["createdAt=..2020-01-01", 0],
  ])("is filtered by %s", async (filter, count) => {
    const { loginId } = await changedUser();
    const params = Object.fromEntries(new URLSearchParams(`${filter}&q=${encodeURIComponent(loginId)}`));
    const query = parseListQuery(params, listFieldsOf(testContext(), audit));
    const { items, total } = await listRows(testContext(), audit, query, []);
    expect([items.length, total]).toEqual([count, count]);
  });

  it("takes the wildcards of a search literally", async () => {
    const entityId = randomUUID();
    await recordAudits(testContext(), [{ action: "update", entity: "users", entityId, entityLabel: "100%_sure\\" }]);
    const found = async (q: string) =>
      (await listOf(testContext(), q)).filter((row) => row.entityId === entityId).length;
    for (const q of ["100%", "%_s", "_sure", "sure\\", "100%_SURE\\"]) expect(await found(q)).toBe(1);
    for (const q of ["100_", "1%sure", "sure\\\\"]) expect(await found(q)).toBe(0);
  });
});

describe("visibleChanges", () => {
  it("leaves what it is given as it is", async () => {
    const { ctx } = await signedIn(await createTestUser());
    const changes = { ...FLAG, ...OTHER };
    expect(visibleChanges(ctx, changes)).toEqual(OTHER);
    expect(changes).toEqual({ ...FLAG, ...OTHER });
    expect(visibleChanges(ctx, {})).toEqual({});
  });

  it("goes by what the request knows of the actor: a new superuser sees the flag at the next one", async () => {
    const user = await createTestUser();
    const before = await signedIn(user);
    await updateRecord(testContext(), users, user.id, undefined, { isSuperuser: true });
    const after = await signedIn(user);
    expect(visibleChanges(before.ctx, FLAG)).toEqual({});
    expect(visibleChanges(after.ctx, FLAG)).toEqual(FLAG);
    expect(await auditOf(user.id)).not.toEqual([]);
  });
});
