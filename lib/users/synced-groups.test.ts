import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { findPrincipal, startSession } from "@/lib/auth/session";
import { database } from "@/lib/db/client";
import { userGroups } from "@/lib/db/schema/access";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  editedInput,
  uniqueName,
} from "@/lib/testing/factories";
import { auditOf, lastAuditOf } from "@/lib/testing/records";
import { getUser, updateUser } from "./service";
import { syncedGroupsOf } from "./synced-groups";

/** Groups that come from a directory or an identity provider, and what administrators choose beside them. */

setUpTestDatabase();

beforeAll(async () => {
  await declareTestPermissions(["reports-read"]);
});

/** A group that gives a permission. */
async function newGroup(name = uniqueName("Staff")) {
  return { name, id: await createTestGroup({ name, permissions: ["reports-read"] }) };
}

async function newPerson(groups: string[] = []) {
  const user = await createTestUser({ groups });
  const signIn = (names: readonly string[], source = "ldap") =>
    startSession(testContext({ kind: "system" }), { ...user, groups: names }, source);
  return {
    id: user.id,
    /** Signs in by a way in that says of which groups the person is. @returns the cookie's value */
    signIn,
    linkTo: async ({ id }: { id: string }) => {
      const [link] = await database()
        .select({ byHand: userGroups.byHand, sources: userGroups.sources })
        .from(userGroups)
        .where(and(eq(userGroups.userId, user.id), eq(userGroups.groupId, id)));
      return link;
    },
    onForm: async () => (await getUser(testContext(), user.id)).groupIds,
    /** Saves the form with just these groups chosen. */
    choose: async (...chosen: { id: string }[]) => {
      const record = await getUser(testContext(), user.id);
      const groupIds = chosen.map(({ id }) => id);
      await updateUser(testContext(), user.id, record.version, editedInput(record, { groupIds }));
    },
  };
}

const mayRead = async (token: string) => (await findPrincipal(token))?.permissions.has("reports-read");

/** Somebody whom a directory has put into a group, signed in. */
async function member() {
  const [person, staff] = [await newPerson(), await newGroup()];
  return { ...person, staff, token: await person.signIn([staff.name]) };
}

describe("the form", () => {
  it("shows only what was chosen here, and the page names what others give", async () => {
    const { id, staff, signIn, onForm } = await member();
    await signIn([staff.name], "corp");
    expect(await onForm()).toEqual([]);
    expect(await syncedGroupsOf(testContext(), id)).toEqual(
      expect.arrayContaining([
        { source: "corp", names: [staff.name] },
        { source: "ldap", names: [staff.name] },
      ]),
    );
  });

  it("leaves what others give when it is saved", async () => {
    const { token, staff, choose, linkTo } = await member();
    const another = await newGroup();
    await choose(another);
    expect(await linkTo(staff)).toEqual({ byHand: false, sources: ["ldap"] });
    expect(await linkTo(another)).toEqual({ byHand: true, sources: [] });
    await choose();
    expect(await linkTo(another)).toBeUndefined();
    expect(await mayRead(token)).toBe(true);
  });

  it("changes nothing about what others give in the trail", async () => {
    const { id, staff, choose } = await member();
    await choose(staff);
    const rows = (await auditOf(id)).filter(({ changes }) => changes && "groupIds" in changes);
    expect(rows.map(({ action, changes }) => [action, changes?.groupIds])).toEqual([
      ["create", expect.anything()],
      ["sync", { from: [], to: [staff.name] }],
      ["update", { from: [], to: [staff.name] }],
    ]);
  });
});

describe("a group of the directory", () => {
  it("that was chosen here too stays when the directory takes it back", async () => {
    const { token, staff, signIn, choose, onForm, linkTo } = await member();
    await choose(staff);
    expect(await linkTo(staff)).toEqual({ byHand: true, sources: ["ldap"] });
    await signIn([]);
    expect(await linkTo(staff)).toEqual({ byHand: true, sources: [] });
    expect(await onForm()).toEqual([staff.id]);
    expect(await mayRead(token)).toBe(true);
    await choose();
    expect(await linkTo(staff)).toBeUndefined();
    expect(await mayRead(token)).toBe(false);
  });

  it("that was chosen here first is the directory's too from the next sign-in on", async () => {
    const staff = await newGroup();
    const { signIn, linkTo } = await newPerson([staff.id]);
    await signIn([staff.name]);
    expect(await linkTo(staff)).toEqual({ byHand: true, sources: ["ldap"] });
  });

  it("that was taken away here stays as long as the directory gives it", async () => {
    const { token, staff, signIn, choose, onForm, linkTo } = await member();
    await choose(staff);
    await choose();
    expect(await linkTo(staff)).toEqual({ byHand: false, sources: ["ldap"] });
    expect(await onForm()).toEqual([]);
    await signIn([staff.name]);
    expect(await mayRead(token)).toBe(true);
    await signIn([]);
    expect(await linkTo(staff)).toBeUndefined();
    expect(await mayRead(token)).toBe(false);
  });

  it("that an identity provider gives too is taken back by each for itself", async () => {
    const { token, staff, signIn, linkTo } = await member();
    await signIn([staff.name], "corp");
    expect(await linkTo(staff)).toEqual({ byHand: false, sources: ["ldap", "corp"] });
    await signIn([]);
    expect(await linkTo(staff)).toEqual({ byHand: false, sources: ["corp"] });
    expect(await mayRead(token)).toBe(true);
    await signIn([], "corp");
    expect(await linkTo(staff)).toBeUndefined();
    expect(await mayRead(token)).toBe(false);
  });

  it("is taken and given in sessions that have begun before", async () => {
    const { id, token, staff, signIn } = await member();
    expect(await mayRead(token)).toBe(true);
    await signIn([]);
    expect(await mayRead(token)).toBe(false);
    await signIn([staff.name]);
    expect(await mayRead(token)).toBe(true);
    expect((await auditOf(id)).filter(({ action }) => action === "sync").map(({ changes }) => changes)).toEqual([
      { groupIds: { from: [], to: [staff.name] } },
      { groupIds: { from: [staff.name], to: [] } },
      { groupIds: { from: [], to: [staff.name] } },
    ]);
  });
});

it("a way in that has no say in groups leaves them all", async () => {
  const { id, staff, linkTo } = await member();
  await startSession(testContext({ kind: "system" }), { id, loginId: "" }, "ldap");
  expect(await linkTo(staff)).toEqual({ byHand: false, sources: ["ldap"] });
  expect(await lastAuditOf(id)).toMatchObject({ action: "sign-in" });
});
