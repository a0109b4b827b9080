import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { findPrincipal } from "@/lib/auth/session";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, editedInput, signedIn, type TestUser } from "@/lib/testing/factories";
import type { UserInput } from "./schema";
import { getUser, updateUser } from "./service";

setUpTestDatabase();

async function edit(user: TestUser, changes: Partial<UserInput>) {
  const record = await getUser(testContext(), user.id);
  await updateUser(testContext(), user.id, record.version, editedInput(record, changes));
}

describe("a user who was not active for a while", () => {
  it("does not get an old session back by being enabled again", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await edit(user, { isEnabled: false });
    await edit(user, { isEnabled: true });
    expect(await findPrincipal(token)).toBeNull();
  });

  it("does not get an old session back by losing a disable date that has passed", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await database().update(users).set({ disabledAt: sql`now() - interval '1 minute'` }).where(eq(users.id, user.id));
    await edit(user, { disabledAt: "" });
    expect(await findPrincipal(token)).toBeNull();
  });

  it("keeps the session when something else is changed", async () => {
    const user = await createTestUser();
    const { token } = await signedIn(user);
    await edit(user, { disabledAt: "2090-01-01" });
    expect(await findPrincipal(token)).not.toBeNull();
  });
});
