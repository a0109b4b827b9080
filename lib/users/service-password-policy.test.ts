import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createSuperuser } from "@/lib/cli/first-superuser";
import { createRecord, updateRecord } from "@/lib/crud/save";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, editedInput, type TestUser, userInput } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored, storedUser } from "@/lib/testing/records";
import { userEntity } from "./entity";
import { newUser } from "./schema";
import { getUser, setPassword, updateUser } from "./service";

/** The same policy on every way to a password. */

setUpTestDatabase();

const LOGIN_ID = "annabel.lee";
let last = 0;
const newLoginId = () => `${LOGIN_ID}${++last}@example.com`;

const localPart = (loginId: string) => loginId.replace(/@.*/, "");

type Way = (user: TestUser, password: string) => Promise<unknown>;

const changing: [name: string, way: Way][] = [
  ["the verb", ({ loginId }, password) => setPassword(testContext(), loginId, password)],
  [
    "the verb, by another spelling",
    ({ loginId }, password) => setPassword(testContext(), loginId.toUpperCase(), password),
  ],
  [
    "the form",
    async ({ id }, password) => {
      const record = await getUser(testContext(), id);
      await updateUser(testContext(), id, record.version, editedInput(record, { password, confirm: password }));
    },
  ],
  [
    "an API call with the password alone",
    ({ id }, password) => updateRecord(testContext(), userEntity, id, undefined, { password, confirm: password }),
  ],
];

const creating: [name: string, way: (loginId: string, password: string) => Promise<unknown>][] = [
  [
    "the form",
    (loginId, password) => createRecord(testContext(), userEntity, userInput({ loginId, password, confirm: password })),
  ],
  [
    "an API call with nothing else",
    (loginId, password) => createRecord(testContext(), userEntity, { loginId, password, confirm: password }),
  ],
  ["the seed", (loginId, password) => createSuperuser(testContext(), { loginId, password })],
];

const refused: [why: string, password: (loginId: string) => string, key: string][] = [
  ["a short one", () => "kq7 vz2m xw", "passwordTooShort"],
  ["a long one", () => "x".repeat(1025), "passwordTooLong"],
  ["a common one", () => "QwertyQwerty", "passwordCommon"],
  ["one with the name of the site", () => "my gatehouse is my castle", "passwordContext"],
  ["one with the login id", (loginId) => `it is ${loginId.toUpperCase()}!`, "passwordContext"],
  ["one with the part before the @", (loginId) => `it is ${localPart(loginId)}!`, "passwordContext"],
];

describe.each(changing)("changing a password by %s", (_, change) => {
  it.each(refused)("refuses %s", async (_why, passwordFor, key) => {
    const user = await createTestUser({ loginId: newLoginId() });
    const before = await everythingStored();
    expect(await failureOf(change(user, passwordFor(user.loginId)))).toMatchObject({
      code: "invalid",
      fields: { password: { key } },
    });
    expect(await everythingStored()).toEqual(before);
  });

  it("takes a good one", async () => {
    const user = await createTestUser({ loginId: newLoginId() });
    await change(user, "a long walk in the rain");
    expect((await storedUser(user.id)).passwordHash).toMatch(/^\$argon2id\$/);
  });
});

describe.each(creating)("creating a user by %s", (_, create) => {
  it.each(refused)("refuses %s", async (_why, passwordFor, key) => {
    const before = await everythingStored();
    const loginId = newLoginId();
    expect(await failureOf(create(loginId, passwordFor(loginId)))).toMatchObject({
      code: "invalid",
      fields: { password: { key } },
    });
    expect(await everythingStored()).toEqual(before);
  });

  it("takes a good one", async () => {
    const loginId = newLoginId();
    await create(loginId, "a long walk in the rain");
    const [row] = await database().select().from(users).where(eq(users.loginId, loginId));
    expect(row?.passwordHash).toMatch(/^\$argon2id\$/);
  });
});

describe("the login id that a password must not contain", () => {
  const patch = (id: string, values: Record<string, unknown>) =>
    updateRecord(testContext(), userEntity, id, undefined, values);

  it("is the one that is saved together with it", async () => {
    const { id } = await createTestUser({ loginId: newLoginId() });
    const password = "barbarella in the rain";
    expect(
      await failureOf(patch(id, { loginId: " Barbarella@example.com", password, confirm: password })),
    ).toMatchObject({
      fields: { password: { key: "passwordContext", params: { word: "Barbarella" } } },
    });
    const old = `${LOGIN_ID} in the rain`;
    await patch(id, { loginId: "barbarella@example.com", password: old, confirm: old });
    expect(await storedUser(id)).toMatchObject({ loginId: "barbarella@example.com" });
  });

  it("is not asked for where no password is set", async () => {
    const { id } = await createTestUser({ loginId: newLoginId(), password: "wilhelmina in the rain" });
    await patch(id, { loginId: "wilhelmina@example.com" });
    expect(await storedUser(id)).toMatchObject({ loginId: "wilhelmina@example.com" });
  });

  it.each(["nobody", "", "00000000-0000-7000-8000-000000000000"])("does not exist for the id %j", async (id) => {
    const password = "a long walk in the rain";
    expect(await failureOf(patch(id, { password, confirm: password }))).toMatchObject({ code: "not-found" });
  });

  it("is checked for its own form first", async () => {
    const password = "a long walk in the rain";
    const input = { ...newUser, loginId: "not an address", password, confirm: password };
    expect(await failureOf(createRecord(testContext(), userEntity, input))).toMatchObject({
      fields: { loginId: { key: "notAnEmail" } },
    });
  });
});
