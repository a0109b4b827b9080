import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPrincipal, startSession } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { userGroups } from "@/lib/db/schema/access";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestGroup, createTestUser, declareTestPermissions, uniqueName } from "@/lib/testing/factories";
import { recordLog } from "@/lib/testing/log";
import { auditOf, linksStored } from "@/lib/testing/records";
import { type Directory, dnOf, startDirectory } from "@/lib/testing/slapd";

/** Groups of a real directory, and the groups here that they put people into. */

setUpTestDatabase();

const PASSWORD = "what a person of the directory says";

let directory: Directory;
beforeAll(async () => {
  directory = await startDirectory();
  await declareTestPermissions(["reports-read"]);
});
afterAll(() => directory.stop());

const lines = recordLog();
const logged = (level: "error" | "warn") => lines(level).join("\n");

type GroupMap = Record<string, string[]>;

const inDirectory = <T>(map: GroupMap, work: () => Promise<T>, variables: Record<string, string> = {}) =>
  withEnvironment(
    {
      LOGIN_AUTHENTICATOR: "ldap",
      LOGIN_ID: "username",
      LDAP_SERVER_URL: directory.url,
      LDAP_DN_FORMAT: `uid={},${directory.peopleBase}`,
      LDAP_GROUP_MAP: JSON.stringify(map),
      ...variables,
    },
    work,
  );

const bySearch = () => ({
  LDAP_DN_FORMAT: "",
  LDAP_SEARCH_BASE: directory.peopleBase,
  LDAP_BIND_DN: directory.service.dn,
  LDAP_BIND_PASSWORD: directory.service.password,
});

async function newPerson() {
  const uid = uniqueName("ann");
  return { uid, dn: await directory.addPerson({ uid, password: PASSWORD }) };
}

/** A group here that gives a permission. */
async function newGroup(name = uniqueName("Staff")) {
  return { name, id: await createTestGroup({ name, permissions: ["reports-read"] }) };
}

/** Signs in as sign-ins do. @returns the cookie's value, and the account */
async function signIn(loginId: string) {
  const outcome = await verifySignIn(testContext({ kind: "system" }), { loginId, password: PASSWORD });
  if (!outcome.ok) throw new Error(`${loginId} was refused: ${outcome.reason}`);
  return { token: await startSession(testContext({ kind: "system" }), outcome.user, "ldap"), id: outcome.user.id };
}

const mayRead = async (token: string) => (await findPrincipal(token))?.permissions.has("reports-read");

const syncsOf = async (userId: string) =>
  (await auditOf(userId)).filter(({ action }) => action === "sync").map(({ changes }) => changes);

const linkOf = async (userId: string, groupId: string) => {
  const [link] = await database()
    .select({ byHand: userGroups.byHand, sources: userGroups.sources })
    .from(userGroups)
    .where(and(eq(userGroups.userId, userId), eq(userGroups.groupId, groupId)));
  return link;
};

describe.each([
  ["a DN format", () => ({})],
  ["a search", bySearch],
])("with %s", (_, way) => {
  it.each([
    ["member", ({ dn }: { dn: string }) => directory.setGroup(uniqueName("g"), [dn])],
    ["uniqueMember", ({ dn }: { dn: string }) => directory.setGroup(uniqueName("g"), [dn], "groupOfUniqueNames")],
    ["memberUid", ({ uid }: { uid: string }) => directory.setGroup(uniqueName("g"), [uid], "posixGroup")],
    // A group that cannot be read is known by what the entry of the person says.
    ["memberOf", ({ dn }: { dn: string }) => directory.setGroup(uniqueName("g"), [dn], "groupOfNames", "closed")],
  ])("people are in the groups that say so by %s, and nobody else is", async (_kind, create) => {
    const [inside, outside] = [await newPerson(), await newPerson()];
    const staff = await newGroup();
    const dn = await create(inside);
    await inDirectory(
      { [dn]: [staff.name] },
      async () => {
        expect(await mayRead((await signIn(inside.uid)).token)).toBe(true);
        expect(await mayRead((await signIn(outside.uid)).token)).toBe(false);
      },
      way(),
    );
  });

  it("a POSIX group names people as their entries do, whatever they have typed", async () => {
    const uid = uniqueName("Ann");
    await directory.addPerson({ uid, password: PASSWORD });
    const dn = await directory.setGroup(uniqueName("g"), [uid], "posixGroup");
    const group = await newGroup();
    await inDirectory(
      { [dn]: [group.name] },
      async () => {
        const { token } = await signIn(uid.toLowerCase());
        expect(await mayRead(token)).toBe(true);
      },
      way(),
    );
  });

  it("a name in the map is compared as the directory does", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const name = uniqueName("Sales, North (EMEA)");
    await directory.setGroup(name, [dn]);
    const written = `CN=${name.replace(",", "\\,").toUpperCase()}, OU=groups, ${directory.base}`;
    await inDirectory({ [written]: [staff.name] }, async () => {
      expect(await mayRead((await signIn(uid)).token)).toBe(true);
    });
  });
});

it("groups that only the service account sees are read by it", async () => {
  const { uid, dn } = await newPerson();
  const staff = await newGroup();
  const group = await directory.setGroup(uniqueName("g"), [dn], "groupOfUniqueNames", "internal");
  const map = { [group]: [staff.name] };
  await inDirectory(map, async () => expect(await mayRead((await signIn(uid)).token)).toBe(true), bySearch());
  await inDirectory(map, async () => expect(await mayRead((await signIn(uid)).token)).toBe(false));
});

describe("at each sign-in", () => {
  it("groups are given and taken as the directory says by then, and take effect in every session", async () => {
    const { uid, dn } = await newPerson();
    const [staff, finance] = [await newGroup(), await newGroup(uniqueName("Finance"))];
    const [staffDn, financeDn] = [await directory.setGroup(staff.name, []), await directory.setGroup(finance.name, [])];
    await inDirectory({ [staffDn]: [staff.name], [financeDn]: [finance.name] }, async () => {
      const { token, id } = await signIn(uid);
      expect(await mayRead(token)).toBe(false);
      await directory.setGroup(staff.name, [dn]);
      expect(await mayRead(token)).toBe(false);
      const second = await signIn(uid);
      expect([await mayRead(token), await mayRead(second.token)]).toEqual([true, true]);
      await directory.setGroup(staff.name, []);
      await directory.setGroup(finance.name, [dn]);
      await signIn(uid);
      expect(await linkOf(id, staff.id)).toBeUndefined();
      expect(await linkOf(id, finance.id)).toEqual({ byHand: false, sources: ["ldap"] });
      await directory.setGroup(finance.name, []);
      await signIn(uid);
      expect([await mayRead(token), await mayRead(second.token)]).toEqual([false, false]);
      expect(await syncsOf(id)).toEqual([
        { groupIds: { from: [], to: [staff.name] } },
        { groupIds: { from: [staff.name], to: [finance.name] } },
        { groupIds: { from: [finance.name], to: [] } },
      ]);
    });
  });

  it("nothing is written about groups where nothing has changed", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const group = await directory.setGroup(staff.name, [dn]);
    await inDirectory({ [group]: [staff.name] }, async () => {
      const { id } = await signIn(uid);
      const before = await linksStored();
      await signIn(uid);
      expect(await linksStored()).toEqual(before);
      expect(await syncsOf(id)).toHaveLength(1);
    });
  });

  it("twenty at once give a group once", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const group = await directory.setGroup(staff.name, [dn]);
    await inDirectory({ [group]: [staff.name] }, async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => signIn(uid)));
      const [id = "", ...others] = new Set(all.map((each) => each.id));
      expect(others).toEqual([]);
      expect(await linkOf(id, staff.id)).toEqual({ byHand: false, sources: ["ldap"] });
      expect(await syncsOf(id)).toHaveLength(1);
    });
  });

  it("a group that two groups of the directory give stays until both are gone", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const [one, two] = [uniqueName("one"), uniqueName("two")];
    const names = [await directory.setGroup(one, [dn]), await directory.setGroup(two, [dn])];
    await inDirectory(Object.fromEntries(names.map((name) => [name, [staff.name]])), async () => {
      expect(await mayRead((await signIn(uid)).token)).toBe(true);
      await directory.setGroup(one, []);
      expect(await mayRead((await signIn(uid)).token)).toBe(true);
      await directory.setGroup(two, []);
      expect(await mayRead((await signIn(uid)).token)).toBe(false);
    });
  });

  it("without a map nothing is given or taken", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const group = await directory.setGroup(staff.name, [dn]);
    const { id } = await inDirectory({ [group]: [staff.name] }, () => signIn(uid));
    await inDirectory({}, () => signIn(uid));
    expect(await linkOf(id, staff.id)).toEqual({ byHand: false, sources: ["ldap"] });
  });

  it("of a disabled account nothing is given or taken", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const group = await directory.setGroup(staff.name, [dn]);
    await inDirectory({ [group]: [staff.name] }, async () => {
      const { id } = await createTestUser({ loginId: uid, isEnabled: false });
      const before = await auditOf(id);
      const outcome = await verifySignIn(testContext(), { loginId: uid, password: PASSWORD });
      expect(outcome).toEqual({ ok: false, reason: "disabled" });
      expect(await linkOf(id, staff.id)).toBeUndefined();
      expect(await auditOf(id)).toEqual(before);
    });
  });
});

describe("a name of the map", () => {
  it("that is no group of the directory is told to the operator, and people come in without it", async () => {
    const { uid, dn } = await newPerson();
    const [staff, nobodys] = [await newGroup(), await newGroup()];
    const group = await directory.setGroup(staff.name, [dn]);
    const missing = dnOf("cn", uniqueName("nothing"), "groups");
    await inDirectory({ [missing]: [nobodys.name], [group]: [staff.name] }, async () => {
      const { id } = await signIn(uid);
      expect(await linkOf(id, staff.id)).toBeDefined();
      expect(await linkOf(id, nobodys.id)).toBeUndefined();
    });
    expect(logged("error")).toMatch(new RegExp(`a group of LDAP_GROUP_MAP cannot be read: .*group=${missing}`));
    expect(logged("error")).not.toContain(uid);
  });

  it("that is no group here is told to the operator, and people come in without it", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup();
    const group = await directory.setGroup(staff.name, [dn]);
    const missing = uniqueName("Nothing");
    await inDirectory({ [group]: [missing, staff.name] }, async () => {
      const { id } = await signIn(uid);
      expect(await linkOf(id, staff.id)).toBeDefined();
    });
    expect(logged("warn")).toContain(missing.toLowerCase());
  });

  it("is that of a group here in any case and with any blanks", async () => {
    const { uid, dn } = await newPerson();
    const staff = await newGroup(uniqueName("Staff of the House"));
    const group = await directory.setGroup(staff.name, [dn]);
    const spelt = ` ${staff.name.toUpperCase().replaceAll(" ", "  ")} `;
    await inDirectory({ [group]: [spelt] }, async () => {
      expect(await mayRead((await signIn(uid)).token)).toBe(true);
    });
    expect(logged("warn")).toBe("");
  });
});
