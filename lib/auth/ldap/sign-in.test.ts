import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSession } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { Unavailable } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { recordLog } from "@/lib/testing/log";
import { type Directory, startDirectory } from "@/lib/testing/slapd";

/** Sign-ins against a real directory. */

setUpTestDatabase();

const PASSWORD = "grün ist die Heide (oder)";
const INVALID = { ok: false, reason: "invalid" };

let directory: Directory;
let withFormat: Record<string, string>;
let withSearch: Record<string, string>;

beforeAll(async () => {
  directory = await startDirectory();
  const always = { LOGIN_AUTHENTICATOR: "ldap", LOGIN_ID: "username", LDAP_SERVER_URL: directory.url };
  withFormat = { ...always, LDAP_DN_FORMAT: `uid={},${directory.peopleBase}` };
  withSearch = {
    ...always,
    LDAP_BIND_DN: directory.service.dn,
    LDAP_BIND_PASSWORD: directory.service.password,
    LDAP_SEARCH_BASE: directory.base,
  };
});

afterAll(async () => directory.stop());

const lines = recordLog();

const logged = () => lines("error").join("\n");

const person = async (uid = uniqueName("ann"), more: Partial<Parameters<Directory["addPerson"]>[0]> = {}) => {
  await directory.addPerson({ uid, password: PASSWORD, ...more });
  return uid;
};

const attempt = (loginId: string, password: string = PASSWORD) =>
  verifySignIn(testContext({ kind: "system" }), { loginId, password });

const userOf = async (loginId: string) =>
  (await database().select().from(users).where(eq(users.loginIdCanonical, loginId)))[0];

const bothModes = (name: string, work: (mode: Record<string, string>) => Promise<void>) => {
  it(`${name}, by format`, () => withEnvironment(withFormat, () => work({})));
  it(`${name}, by search`, () => withEnvironment(withSearch, () => work({})));
};

describe("somebody whom the directory knows", () => {
  bothModes("comes in with the right password only", async () => {
    const uid = await person();
    expect(await attempt(uid, "wrong")).toEqual(INVALID);
    expect(await userOf(uid)).toBeUndefined();
    expect(await attempt(uid)).toMatchObject({ ok: true, user: { loginId: uid, vouches: true } });
    expect(await userOf(uid)).toMatchObject({ isVerified: true, passwordHash: null, isSuperuser: false });
    expect(await attempt(uid.toUpperCase())).toMatchObject({ ok: true, user: { id: (await userOf(uid))?.id } });
  });

  it.each([
    ["StartTLS", () => ({ LDAP_START_TLS: "true", LDAP_CA_FILE: directory.caFile })],
    ["ldaps", () => ({ LDAP_SERVER_URL: directory.tlsUrl, LDAP_CA_FILE: directory.caFile })],
    ["an anonymous search", () => ({ LDAP_BIND_DN: "", LDAP_BIND_PASSWORD: "" })],
    ["a filter of two attributes", () => ({ LDAP_SEARCH_FILTER: "(|(uid={})(cn={}))" })],
  ])("comes in by %s", async (_, settings) => {
    const uid = await person();
    await withEnvironment({ ...withSearch, ...settings() }, async () => {
      expect(await attempt(uid, "wrong")).toEqual(INVALID);
      expect(await attempt(uid)).toMatchObject({ ok: true });
    });
  });

  it("comes in by an e-mail address where those are the logins", async () => {
    const mail = `${uniqueName("ann")}@example.com`;
    await person(uniqueName("ann"), { mail });
    const settings = { ...withSearch, LOGIN_ID: "email", LDAP_SEARCH_FILTER: "(mail={})" };
    await withEnvironment(settings, async () => expect(await attempt(mail)).toMatchObject({ ok: true }));
  });

  it.each(["o'hara", "müller", "a*b", "a+b", "a=b", "a&b|!c", "a#b", "josé"])("may be called %s", async (name) => {
    const uid = `${name}-${uniqueName("x")}`;
    await person(uid);
    await withEnvironment(withFormat, async () => expect(await attempt(uid)).toMatchObject({ ok: true }));
    await withEnvironment(withSearch, async () => expect(await attempt(uid)).toMatchObject({ ok: true }));
  });
});

describe("nobody comes in", () => {
  it.each<[string, unknown]>([
    ["an empty password", ""],
    ["a password with a NUL", "a\0b"],
    ["a password of 1025 bytes", "x".repeat(1025)],
    ["no password", undefined],
    ["another type of password", { $ne: "" }],
  ])("with %s", async (_, password) => {
    const uid = await person();
    for (const mode of [withFormat, withSearch]) {
      await withEnvironment(mode, async () => {
        const outcome = verifySignIn(testContext({ kind: "system" }), { loginId: uid, password });
        expect(await outcome).toEqual(INVALID);
      });
    }
    expect(await userOf(uid)).toBeUndefined();
  });

  it.each(["*", "a*", ")(uid=*", "*)(|(uid=*", "x,ou=people", "\\2a", "\0", "cn=admin", " ", "."])(
    "as %j, with the password of somebody",
    async (loginId) => {
      await person();
      for (const mode of [withFormat, withSearch]) {
        await withEnvironment(mode, async () => expect(await attempt(loginId)).toEqual(INVALID));
      }
    },
  );

  it("by a filter that finds two people, which the operator is told", async () => {
    const uid = await person();
    await person(uid, { unit: "hidden" });
    await withEnvironment(withSearch, async () => expect(await attempt(uid)).toEqual(INVALID));
    expect(logged()).toContain("more than one entry");
  });

  it("without an account where none are created", async () => {
    const uid = await person();
    await withEnvironment({ ...withFormat, LDAP_AUTO_CREATE: "false" }, async () => {
      expect(await attempt(uid)).toEqual(INVALID);
    });
    expect(await userOf(uid)).toBeUndefined();
  });

  it("with a login that cannot be one here, which the operator is told", async () => {
    const uid = await person();
    await withEnvironment({ ...withFormat, LOGIN_ID: "email" }, async () =>
      expect(await attempt(uid)).toEqual(INVALID),
    );
    expect(logged()).toContain("LOGIN_ID=email");
  });
});

describe("the account here decides", () => {
  const accountFor = async (state: Parameters<typeof createTestUser>[0]) => {
    const loginId = await person();
    return withEnvironment(withFormat, () => createTestUser({ ...state, loginId }));
  };

  it.each([
    ["disabled", { isEnabled: false }],
    ["timed out", { disabledAt: new Date("2020-01-01T00:00:00Z") }],
  ])("where it is %s: told after the right password only, and left as it is", async (_, state) => {
    const { id, loginId } = await accountFor(state);
    await withEnvironment(withFormat, async () => {
      expect(await attempt(loginId, "wrong")).toEqual(INVALID);
      expect(await attempt(loginId)).toEqual({ ok: false, reason: "disabled" });
    });
    expect(await userOf(loginId)).toMatchObject({ id, lastLoginAt: null });
  });

  it("is verified from now on where it was not, with an audit row", async () => {
    const { id, loginId } = await accountFor({ isVerified: false });
    await withEnvironment(withFormat, async () => {
      const outcome = await attempt(loginId);
      if (!outcome.ok) throw new Error(`refused: ${outcome.reason}`);
      await startSession(testContext({ kind: "system" }), outcome.user, "ldap");
    });
    expect(await userOf(loginId)).toMatchObject({ isVerified: true });
    const rows = await database().select().from(auditEvents).where(eq(auditEvents.entityId, id));
    expect(rows.map(({ action, changes }) => [action, changes])).toContainEqual([
      "update",
      { isVerified: { from: false, to: true } },
    ]);
  });

  it("is not asked for where a profile claims the domain, and neither is the directory", async () => {
    const mail = `${uniqueName("ann")}@corp.example.com`;
    await person(uniqueName("ann"), { mail });
    const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
    const settings = {
      ...withSearch,
      LOGIN_ID: "email",
      LDAP_SEARCH_FILTER: "(mail={})",
      OIDC_PROFILES: JSON.stringify([{ name: "corp", domainFilter: "corp.example.com", client }]),
    };
    await withEnvironment({ ...settings, LDAP_SERVER_URL: "ldap://127.0.0.1:1" }, async () => {
      expect(await attempt(mail)).toEqual(INVALID);
    });
    await withEnvironment(settings, async () => expect(await attempt(mail)).toEqual(INVALID));
    expect(logged()).toBe("");
  });
});

describe("what the operator has to mend", () => {
  it.each([
    ["the password of the service account", () => ({ LDAP_BIND_PASSWORD: "wrong" }), "LDAP_BIND_DN"],
    ["the search base", () => ({ LDAP_SEARCH_BASE: "dc=nowhere" }), "LDAP_SEARCH_BASE"],
  ])("is told of %s, and is no guess of anybody's", async (_, settings, name) => {
    const uid = await person();
    await withEnvironment({ ...withSearch, ...settings() }, async () => {
      expect(await failureOf(attempt(uid))).toBeInstanceOf(Unavailable);
    });
    expect(logged()).toContain(name);
    const budgets = await database().select().from(attemptBudgets).where(eq(attemptBudgets.key, uid));
    expect(budgets).toMatchObject([{ countedAt: [], undecidedAt: [] }]);
  });

  it("are entries that do not show what they are called", async () => {
    const uid = await person(undefined, { unit: "hidden" });
    await withEnvironment(withSearch, async () => expect(await failureOf(attempt(uid))).toBeInstanceOf(Unavailable));
    expect(logged()).toContain("do not show uid");
  });
});

describe("a hundred at once", () => {
  it("of one person who was never here make one account", async () => {
    const uid = await person();
    await withEnvironment({ ...withFormat, ATTEMPT_LIMIT: "200" }, async () => {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => attempt(uid)));
      const ids = outcomes.map((outcome) => outcome.ok && outcome.user.id);
      expect(new Set(ids)).toEqual(new Set([(await userOf(uid))?.id]));
    });
    const rows = await database().select().from(auditEvents).where(eq(auditEvents.entityLabel, uid));
    expect(rows.filter(({ action }) => action === "create")).toHaveLength(1);
  });

  it("of a hundred people come in who are right, and no others", async () => {
    const people = await Promise.all(Array.from({ length: 100 }, () => person()));
    await withEnvironment(withSearch, async () => {
      const outcomes = await Promise.all(people.map((uid, n) => attempt(uid, n % 2 ? "wrong" : PASSWORD)));
      expect(outcomes.map(({ ok }) => ok)).toEqual(people.map((_, n) => n % 2 === 0));
    });
  });
});

it("takes any password in test mode, without a server", async () => {
  const uid = uniqueName("anybody");
  await withEnvironment({ ...withFormat, LDAP_SERVER_URL: "", LDAP_TEST_MODE: "true" }, async () => {
    expect(await attempt(uid, "anything")).toMatchObject({ ok: true, user: { loginId: uid } });
    expect(await attempt(uid, "")).toEqual(INVALID);
  });
});
