import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { createAccessToken, findTokenPrincipal } from "@/lib/auth/access-tokens";
import { findPrincipal } from "@/lib/auth/session";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, editedInput, signedIn, type TestUser } from "@/lib/testing/factories";
import type { UserInput } from "./schema";
import { getUser, setPassword, updateUser } from "./service";

setUpTestDatabase();

async function edit(user: TestUser, changes: Partial<UserInput>) {
  const record = await getUser(testContext(), user.id);
  await updateUser(testContext(), user.id, record.version, editedInput(record, changes));
}

/** By what somebody comes in: whether the session and the access token that there are still do. */
async function access(user: TestUser) {
  const { token } = await signedIn(user);
  const { accessToken } = await createAccessToken(testContext(), user);
  return async () => [(await findPrincipal(token)) !== null, (await findTokenPrincipal(accessToken)) !== null];
}

describe("a user who was not active for a while", () => {
  it("gets neither session nor token back by being enabled again", async () => {
    const user = await createTestUser();
    const comesIn = await access(user);
    expect(await comesIn()).toEqual([true, true]);
    await edit(user, { isEnabled: false });
    await edit(user, { isEnabled: true });
    expect(await comesIn()).toEqual([false, false]);
  });

  it("gets neither back by losing a disable date that has passed", async () => {
    const user = await createTestUser();
    const comesIn = await access(user);
    await database().update(users).set({ disabledAt: sql`now() - interval '1 minute'` }).where(eq(users.id, user.id));
    await edit(user, { disabledAt: "" });
    expect(await comesIn()).toEqual([false, false]);
  });

  it("keeps both when something else is changed", async () => {
    const user = await createTestUser();
    const comesIn = await access(user);
    await edit(user, { disabledAt: "2090-01-01" });
    expect(await comesIn()).toEqual([true, true]);
  });
});

it("a new password ends sessions and tokens", async () => {
  const user = await createTestUser();
  const comesIn = await access(user);
  await setPassword(testContext(), user.loginId, "a long walk in the rain");
  expect(await comesIn()).toEqual([false, false]);
});
