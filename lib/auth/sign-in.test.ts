import { verify } from "@node-rs/argon2";
import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, type TestUser } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored } from "@/lib/testing/records";
import { verifySignIn } from "./sign-in";

// Counts the calls and lets them through.
vi.mock(import("@node-rs/argon2"), async (importOriginal) => {
  const real = await importOriginal();
  return { ...real, verify: vi.fn(real.verify) };
});

setUpTestDatabase();

const PASSWORD = "correct horse battery staple";
const INVALID = { ok: false, reason: "invalid" };
const PAST = new Date("2020-01-01T00:00:00Z");

const accounts = {
  active: {},
  disabled: { isEnabled: false },
  timedOut: { disabledAt: PAST },
  unverified: { isVerified: false },
  disabledAndUnverified: { isEnabled: false, isVerified: false },
};
type Account = keyof typeof accounts;

const people = {} as Record<Account | "withoutPassword" | "brokenHash", TestUser>;

beforeAll(async () => {
  for (const [name, state] of Object.entries(accounts)) {
    people[name as Account] = await createTestUser({ loginId: `${name}@example.com`, password: PASSWORD, ...state });
  }
  people.withoutPassword = await createTestUser({ loginId: "withoutPassword@example.com" });
  people.brokenHash = await createTestUser({ loginId: "brokenHash@example.com" });
  await database().update(users).set({ passwordHash: "garbage" }).where(eq(users.id, people.brokenHash.id));
});

beforeEach(() => {
  vi.mocked(verify).mockClear();
});

describe("with the right password", () => {
  it("lets an active user in", async () => {
    expect(await verifySignIn(testContext(), { loginId: "active@example.com", password: PASSWORD })).toMatchObject({
      ok: true,
      user: people.active,
    });
  });

  it.each<[Account, string]>([
    ["disabled", "disabled"],
    ["timedOut", "disabled"],
    ["unverified", "unverified"],
    ["disabledAndUnverified", "disabled"],
  ])("tells the owner of the account that it is %s", async (account, reason) => {
    expect(await verifySignIn(testContext(), { loginId: people[account].loginId, password: PASSWORD })).toEqual({
      ok: false,
      reason,
    });
  });

  it("does not ask for verification where no mail is sent", async () => {
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      const outcome = await verifySignIn(testContext(), { loginId: "unverified@example.com", password: PASSWORD });
      expect(outcome).toMatchObject({ ok: true });
    });
  });

  it.each(["ACTIVE@EXAMPLE.COM", " active@example.com ", "ａｃｔｉｖｅ＠example.com", "active@example.com\u00a0"])(
    "takes the login id spelt %j",
    async (loginId) => {
      expect(await verifySignIn(testContext(), { loginId, password: PASSWORD })).toMatchObject({
        ok: true,
        user: people.active,
      });
    },
  );

  it.each([` ${PASSWORD}`, `${PASSWORD} `, PASSWORD.toUpperCase(), `${PASSWORD}\n`])(
    "takes it verbatim, so not %j",
    async (password) => {
      expect(await verifySignIn(testContext(), { loginId: "active@example.com", password })).toEqual(INVALID);
    },
  );

  it("writes nothing", async () => {
    const before = await everythingStored();
    await verifySignIn(testContext(), { loginId: "active@example.com", password: PASSWORD });
    expect(await everythingStored()).toEqual(before);
  });
});

describe("with a wrong password", () => {
  it.each([...Object.keys(accounts), "withoutPassword", "brokenHash", "unknown"])(
    "an account that is %s gets the same answer after the same work",
    async (account) => {
      expect(
        await verifySignIn(testContext(), { loginId: `${account}@example.com`, password: "wrong password" }),
      ).toEqual(INVALID);
      expect(verify).toHaveBeenCalledTimes(1);
      // The work lies in the parameters, not in the number of calls alone.
      const [against] = vi.mocked(verify).mock.calls[0] ?? [];
      if (account !== "brokenHash") expect(String(against)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    },
  );

  it("nobody gets in by the password of the dummy", async () => {
    for (const loginId of ["withoutPassword@example.com", "unknown@example.com"]) {
      expect(await verifySignIn(testContext(), { loginId, password: "a password that nobody has" })).toEqual(INVALID);
    }
  });
});

describe("with input of another kind", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "active@example.com"],
    ["a list", ["active@example.com", PASSWORD]],
    ["no fields", {}],
    ["no password", { loginId: "active@example.com" }],
    ["an empty password", { loginId: "active@example.com", password: "" }],
    ["an empty login id", { loginId: "  ", password: PASSWORD }],
    ["a list for the login id", { loginId: ["active@example.com"], password: PASSWORD }],
    ["an object for the login id", { loginId: { $ne: "" }, password: PASSWORD }],
    ["an object for the password", { loginId: "active@example.com", password: { length: 12 } }],
    ["a number for the password", { loginId: "active@example.com", password: 12 }],
    ["NUL in the login id", { loginId: "active\0@example.com", password: PASSWORD }],
    ["NUL at the end of the login id", { loginId: "active@example.com\0", password: PASSWORD }],
    ["NUL in the password", { loginId: "active@example.com", password: `${PASSWORD}\0` }],
    ["half a surrogate pair in both", { loginId: "\ud800@example.com", password: "\udc00 half a character" }],
    ["a huge login id", { loginId: `${"a".repeat(1_000_000)}@example.com`, password: PASSWORD }],
    ["a huge password", { loginId: "active@example.com", password: "x".repeat(5_000_000) }],
    ["a password of more than 1024 bytes", { loginId: "active@example.com", password: "\u00e4".repeat(513) }],
    ["a wildcard", { loginId: "%@example.com", password: PASSWORD }],
    ["SQL", { loginId: "' or true --", password: PASSWORD }],
  ])("%s is invalid like all the rest", async (_, input) => {
    expect(await verifySignIn(testContext(), input)).toEqual(INVALID);
  });
});

it("does not take a database out of reach for a wrong password", async () => {
  await withEnvironment({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" }, async () => {
    await expect(verifySignIn(testContext(), { loginId: "active@example.com", password: PASSWORD })).rejects.toThrow();
  });
});

describe("whatever is typed around a login id", () => {
  const around = {
    nothing: "",
    blanks: " ".repeat(400),
    "more blanks": "\t\u00a0\u3000".repeat(5_000),
    "line breaks": "\n\u2028".repeat(200),
    "invisible marks": "\ufeff".repeat(500),
  };

  it.each(Object.entries(around))("%s: what opens an account is counted for it", async (_, padding) => {
    const { loginId } = await createTestUser({ password: PASSWORD });
    const input = (password: string) => ({ loginId: `${padding}${loginId}${padding}`, password });
    expect(await verifySignIn(testContext(), input(PASSWORD))).toMatchObject({ ok: true });
    for (let n = 0; n < 15; n += 1) expect(await verifySignIn(testContext(), input("wrong"))).toEqual(INVALID);
    for (const each of [input(PASSWORD), { loginId, password: PASSWORD }]) {
      expect(await failureOf(verifySignIn(testContext(), each))).toMatchObject({ code: "blocked" });
    }
  });
});
