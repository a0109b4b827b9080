import { describe, expect, it } from "vitest";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestUser, editedInput, signedIn, uniqueName, userInput } from "@/lib/testing/factories";
import { createUser, getUser, updateUser } from "./service";

/** What administrators may do with people of a domain that an OIDC profile claims. */

setUpTestDatabase();

const client = { issuer: "https://id.example.com", clientId: "gatehouse", clientSecret: "secret" };
const OIDC_PROFILES = JSON.stringify([{ name: "corp", domainFilter: "corp.example.com", client }]);

/** What a verb fails with; undefined if it does not. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const newLogin = (domain: string) => `${uniqueName("person")}@${domain}`;

async function rename(from: string, to: string): Promise<unknown> {
  const user = await createTestUser({ loginId: from });
  const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
  const record = await getUser(ctx, user.id);
  const failure = await failureOf(updateUser(ctx, user.id, record.version, editedInput(record, { loginId: to })));
  expect((await getUser(ctx, user.id)).loginId).toBe(failure === undefined ? to : from);
  return failure;
}

describe("a user of the domain", () => {
  it.each(["example.org", "sub.corp.example.com", "corp.example.com.example.org"])(
    "does not move to %s",
    async (domain) => {
      await withEnvironment({ OIDC_PROFILES }, async () => {
        expect(await rename(newLogin("corp.example.com"), newLogin(domain))).toMatchObject({
          fields: { loginId: { key: "domainFixed" } },
        });
      });
    },
  );

  it("is renamed within it, in any spelling", async () => {
    await withEnvironment({ OIDC_PROFILES }, async () => {
      expect(await rename(newLogin("corp.example.com"), newLogin("CORP.example.com"))).toBeUndefined();
    });
  });

  it("may be made of one of another domain", async () => {
    await withEnvironment({ OIDC_PROFILES }, async () => {
      expect(await rename(newLogin("example.org"), newLogin("corp.example.com"))).toBeUndefined();
    });
  });
});

it("anybody moves where no profile claims the domain", async () => {
  expect(await rename(newLogin("corp.example.com"), newLogin("example.org"))).toBeUndefined();
});

describe("where no mail is sent", () => {
  const added = async (domain: string) => {
    const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
    return failureOf(createUser(ctx, userInput({ loginId: newLogin(domain) })));
  };

  it("a new user of the domain needs no password, and others do", async () => {
    await withEnvironment({ OIDC_PROFILES, EMAIL_ENABLED: "false" }, async () => {
      expect(await added("corp.example.com")).toBeUndefined();
      expect(await added("example.org")).toMatchObject({ fields: { password: { key: "required" } } });
    });
  });

  it("nobody needs one where a directory knows the passwords", async () => {
    const directory = { LOGIN_AUTHENTICATOR: "ldap", LDAP_SERVER_URL: "ldap://localhost", LDAP_DN_FORMAT: "uid={}" };
    await withEnvironment({ EMAIL_ENABLED: "false", ...directory }, async () => {
      expect(await added("example.org")).toBeUndefined();
    });
  });
});

it("the operator is bound by it as well", async () => {
  await withEnvironment({ OIDC_PROFILES }, async () => {
    const user = await createTestUser({ loginId: newLogin("corp.example.com") });
    const record = await getUser(testContext(), user.id);
    const moved = updateUser(testContext(), user.id, record.version, editedInput(record, { loginId: "a@example.org" }));
    expect(await failureOf(moved)).toMatchObject({ fields: { loginId: { key: "domainFixed" } } });
  });
});
