import { expect, it } from "vitest";
import { testContext } from "./context";
import { setUpTestDatabase } from "./database";
import { createTestUser, declareTestPermissions, signedIn } from "./factories";
import { everythingStored } from "./records";

setUpTestDatabase();

it("makes a user with permissions who is signed in", async () => {
  await declareTestPermissions(["reports-read"]);
  const { principal, ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage", "reports-read"] }));
  expect([...principal.permissions].sort()).toEqual(["auth-manage", "reports-read"]);
  expect(ctx.actor).toEqual({ kind: "user", principal });
  expect(testContext().actor).toEqual({ kind: "cli" });
});

it("refuses permissions that do not exist, and makes nothing", async () => {
  const before = await everythingStored();
  await expect(createTestUser({ permissions: ["auth-mange"] })).rejects.toThrow("auth-mange");
  expect(await everythingStored()).toEqual(before);
});

it("refuses to sign in whoever is not active", async () => {
  await expect(signedIn(await createTestUser({ isEnabled: false }))).rejects.toMatchObject({ code: "forbidden" });
});
