import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  permissionIdsOf,
  signedIn,
  uniqueName,
  userInput,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, everythingStored, storedUser } from "@/lib/testing/records";
import type { UserInput } from "./schema";
import { createUser, findUserByLoginId, getUser } from "./service";

setUpTestDatabase();

const PASSWORD = "correct horse battery staple";

async function refusal(input: UserInput, ctx = testContext()) {
  const before = await everythingStored();
  const failure = await failureOf(createUser(ctx, input));
  expect(await everythingStored()).toEqual(before);
  return failure;
}

describe("createUser", () => {
  it("stores everything, with one audit row from nothing to the new values", async () => {
    await declareTestPermissions(["reports-read"]);
    const bundle = await createTestBundle({ name: "Reporting" });
    const [zebra, ape] = [await createTestGroup({ name: "Zebra" }), await createTestGroup({ name: "Ape" })];
    const [permission] = await permissionIdsOf(["reports-read"]);
    const { ctx, principal } = await signedIn(await createTestUser({ isSuperuser: true, loginId: "boss@example.com" }));
    const id = await createUser(
      { ...ctx, request: { ip: "203.0.113.7", userAgent: "Firefox", requestId: "r-1" } },
      userInput({
        loginId: " Ann@Example.COM ",
        isSuperuser: true,
        disabledAt: "2031-05-06",
        groupIds: [zebra, ape, zebra],
        bundleIds: [bundle],
        permissionIds: [permission ?? ""],
        password: PASSWORD,
        confirm: PASSWORD,
      }),
    );
    const user = await getUser(ctx, id);
    expect(user).toMatchObject({
      loginId: "Ann@Example.COM",
      loginIdCanonical: "ann@example.com",
      isEnabled: true,
      isVerified: true,
      isSuperuser: true,
      disabledAt: new Date("2031-05-06T00:00:00Z"),
      passwordHash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      lastLoginAt: null,
      version: 1,
      bundleIds: [bundle],
      permissionIds: [permission],
    });
    expect(user.groupIds.sort()).toEqual([ape, zebra].sort());
    expect(await auditOf(id)).toEqual([
      expect.objectContaining({
        actorKind: "user",
        actorId: principal.userId,
        actorLabel: "boss@example.com",
        ip: "203.0.113.7",
        requestId: "r-1",
        action: "create",
        entity: "users",
        entityLabel: "Ann@Example.COM",
        changes: {
          loginId: { from: null, to: "Ann@Example.COM" },
          isEnabled: { from: null, to: true },
          isSuperuser: { from: null, to: true },
          disabledAt: { from: null, to: "2031-05-06T00:00:00.000Z" },
          groupIds: { from: null, to: ["Ape", "Zebra"] },
          bundleIds: { from: null, to: ["Reporting"] },
          permissionIds: { from: null, to: ["reports-read"] },
        },
      }),
    ]);
  });

  it("leaves a user without a password unverified", async () => {
    const id = await createUser(testContext(), userInput());
    expect(await storedUser(id)).toMatchObject({ passwordHash: null, isVerified: false, isEnabled: true });
  });

  it("asks for a password where no mail is sent, except at the command line", async () => {
    const manager = await createTestUser({ permissions: ["auth-manage"] });
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      const { ctx } = await signedIn(manager);
      expect(await refusal(userInput(), ctx)).toMatchObject({ fields: { password: { key: "required" } } });
      await expect(createUser(ctx, userInput({ password: PASSWORD, confirm: PASSWORD }))).resolves.toBeDefined();
      await expect(createUser(testContext(), userInput())).resolves.toBeDefined();
    });
  });

  it.each(["taken@example.com", "TAKEN@EXAMPLE.COM", " taken@example.com\u00a0", "ｔａｋｅｎ@example．com"])(
    "refuses %j, which somebody has, and leads there",
    async (loginId) => {
      const holder =
        (await findUserByLoginId(testContext(), "taken@example.com")) ??
        (await createTestUser({ loginId: "Taken@Example.com" }));
      expect(await refusal(userInput({ loginId }))).toMatchObject({
        code: "invalid",
        fields: { loginId: { key: "loginIdTaken", href: `/admin/users/${holder.id}/edit` } },
      });
    },
  );

  it("lets one of many in who ask for the same login id at once", async () => {
    const spellings = [
      "rush@example.com",
      "RUSH@example.com",
      "rush@EXAMPLE.com",
      " rush@example.com",
      "ｒush@example.com",
    ];
    const outcomes = await Promise.allSettled(
      spellings.map((loginId) => createUser(testContext(), userInput({ loginId }))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected")
        expect(outcome.reason).toMatchObject({ fields: { loginId: { key: "loginIdTaken" } } });
    }
  });

  it.each([
    ["no address", "ann", "notAnEmail"],
    ["two addresses", "ann@example.com,bob@example.com", "notAnEmail"],
    ["a header", "ann@example.com\r\nBcc: eve@example.com", "notAnEmail"],
    ["a header in the domain", "ann@exam\r\nple.com", "notAnEmail"],
    ["NUL", "ann\0@example.com", "notAnEmail"],
  ])("refuses a login id that is %s", async (_, loginId, key) => {
    expect(await refusal(userInput({ loginId }))).toMatchObject({ code: "invalid", fields: { loginId: { key } } });
  });

  it("takes user names where those are the login ids", async () => {
    await withEnvironment({ LOGIN_ID: "username" }, async () => {
      await expect(createUser(testContext(), userInput({ loginId: "ann" }))).resolves.toBeDefined();
      expect(await refusal(userInput({ loginId: "ann lee" }))).toMatchObject({
        fields: { loginId: { key: "notAUserName" } },
      });
    });
  });

  it.each([
    ["short", "x".repeat(11), "passwordTooShort"],
    ["long", "x".repeat(1025), "passwordTooLong"],
  ])("refuses a password that is too %s", async (_, password, key) => {
    expect(await refusal(userInput({ password, confirm: password }))).toMatchObject({
      code: "invalid",
      fields: { password: { key } },
    });
  });

  it.each(["groupIds", "bundleIds", "permissionIds"] as const)("refuses an unknown id in %s", async (field) => {
    expect(await refusal(userInput({ [field]: [randomUUID()] }))).toMatchObject({
      code: "invalid",
      fields: { [field]: { key: "unknownChoice" } },
    });
  });

  it("does not take the id of a bundle for that of a group", async () => {
    expect(await refusal(userInput({ groupIds: [await createTestBundle()] }))).toMatchObject({
      fields: { groupIds: { key: "unknownChoice" } },
    });
  });
});

describe("finding users", () => {
  it.each(["x", "", "00000000-0000-0000-0000-00000000000", `${randomUUID()}'`, "\0", "%", randomUUID()])(
    "getUser knows none with the id %j",
    async (id) => {
      expect(await failureOf(getUser(testContext(), id))).toMatchObject({ code: "not-found" });
    },
  );

  it("findUserByLoginId finds every spelling, and nothing else", async () => {
    const name = uniqueName("carla");
    const user = await createTestUser({ loginId: `${name}@example.com` });
    expect(await findUserByLoginId(testContext(), ` ${name.toUpperCase()}@EXAMPLE.com `)).toEqual(user);
    expect(await findUserByLoginId(testContext(), `${name}@example.org`)).toBeUndefined();
    expect(await findUserByLoginId(testContext(), "%@example.com")).toBeUndefined();
  });
});
