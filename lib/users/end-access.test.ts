import { describe, expect, it } from "vitest";
import { createAccessToken, findTokenPrincipal } from "@/lib/auth/access-tokens";
import { findPrincipal } from "@/lib/auth/session";
import { inTransaction } from "@/lib/context";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn, type TestUser } from "@/lib/testing/factories";
import { auditOf } from "@/lib/testing/records";
import { endAccessIn } from "./end-access";

setUpTestDatabase();

async function accessOf(user: TestUser) {
  const { token } = await signedIn(user);
  const { accessToken } = await createAccessToken(testContext(), user);
  return async () => [(await findPrincipal(token)) !== null, (await findTokenPrincipal(accessToken)) !== null];
}

const endAccess = (ctx: ReturnType<typeof testContext>, ids: string[]) =>
  inTransaction(ctx, (tx) => endAccessIn(tx, ids));

describe("ending the access of users", () => {
  it("ends sessions and tokens of those who are meant, tells of it once each, and finds nothing left then", async () => {
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const [one, other, spared] = [await createTestUser(), await createTestUser(), await createTestUser()];
    const comesIn = await Promise.all([accessOf(one), accessOf(other), accessOf(spared)]);
    // A second session of the same user is no second row of the trail.
    await signedIn(one);
    expect(await endAccess(ctx, [one.id, other.id])).toEqual([
      { id: one.id, label: one.loginId, result: "changed" },
      { id: other.id, label: other.loginId, result: "changed" },
    ]);
    expect(await Promise.all(comesIn.map((ask) => ask()))).toEqual([
      [false, false],
      [false, false],
      [true, true],
    ]);
    expect((await auditOf(one.id)).filter(({ action }) => action === "end-access")).toHaveLength(1);
    expect(await endAccess(ctx, [one.id])).toMatchObject([{ result: "unchanged" }]);
    expect((await auditOf(one.id)).filter(({ action }) => action === "end-access")).toHaveLength(1);
  });

  it("leaves the session that asks", async () => {
    const self = await createTestUser({ permissions: ["auth-manage"] });
    const comesIn = await accessOf(self);
    const { ctx, token } = await signedIn(self);
    expect(await endAccess(ctx, [self.id])).toMatchObject([{ result: "changed" }]);
    expect(await comesIn()).toEqual([false, false]);
    expect(await findPrincipal(token)).not.toBeNull();
  });

  it("leaves superusers to superusers", async () => {
    const superuser = await createTestUser({ isSuperuser: true });
    const comesIn = await accessOf(superuser);
    const { ctx } = await signedIn(await createTestUser({ permissions: ["auth-manage"] }));
    const [outcome] = await endAccess(ctx, [superuser.id]);
    expect(outcome).toMatchObject({ result: "refused", error: { problem: { key: "superusersOnly" } } });
    expect(await comesIn()).toEqual([true, true]);
    const { ctx: trusted } = await signedIn(await createTestUser({ isSuperuser: true }));
    expect(await endAccess(trusted, [superuser.id])).toMatchObject([{ result: "changed" }]);
    expect(await comesIn()).toEqual([false, false]);
  });
});
