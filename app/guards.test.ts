import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { removeUser } from "@/app/admin/users/actions";
import { GET as download } from "@/app/admin/users/export/route";
import UsersPage from "@/app/admin/users/page";
import { GET as list } from "@/app/api/[entity]/route";
import { GET as me } from "@/app/api/me/route";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser } from "@/lib/testing/factories";
import { describeHandler, describePage } from "@/lib/testing/needs";
import { formOf, open, request, signedInClient, submit } from "@/lib/testing/requests";

setUpTestDatabase();

describePage("/admin/users", UsersPage, { needs: ["auth-manage"] });
describeHandler("/api/users", list, { needs: ["auth-manage"], params: { entity: "users" } });

describe("request", () => {
  it("is of the one who is named, and leaves no session behind", async () => {
    const user = await createTestUser();
    const response = await request(me, "/api/me", { as: user });
    expect(await response.json()).toMatchObject({ user: { id: user.id, loginId: user.loginId } });
    expect(await database().$count(sessions)).toBe(0);
    expect((await request(me, "/api/me")).status).toBe(401);
  });

  it("with a bad token is nobody's, also of somebody who is signed in", async () => {
    const as = await createTestUser();
    for (const bearer of ["", "x", "x.y.z"]) expect((await request(me, "/api/me", { as, bearer })).status).toBe(401);
  });

  it("for a download among the pages is somebody's by the session, whatever a proxy in front has asked for", async () => {
    const as = await createTestUser({ permissions: ["auth-manage"] });
    const headers = { authorization: "Basic c3RhZ2luZzpzdGFnaW5n" };
    const file = await request(download, "/admin/users/export?format=csv", { as, headers });
    expect(await file.text()).toContain(as.loginId);
    expect((await request(me, "/api/me", { as, headers })).status).toBe(401);
  });

  it("may come with a token, and comes from elsewhere where it says so", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"] });
    const { accessToken } = await createAccessToken(testContext(), user);
    expect((await request(me, "/api/me", { bearer: accessToken })).status).toBe(200);
    const foreign = { method: "POST", headers: { origin: "https://evil.example" } };
    expect((await request(me, "/api/me", { as: user, ...foreign })).status).toBe(403);
    expect((await request(me, "/api/me", { bearer: accessToken, ...foreign })).status).toBe(200);
  });
});

describe("signedInClient", () => {
  it("stays signed in from one request to the next, until the session ends", async () => {
    const user = await createTestUser({ permissions: ["auth-manage"] });
    const client = await signedInClient(user);
    for (let n = 0; n < 2; n++) {
      expect((await client.request(me, "/api/me")).status).toBe(200);
      expect(await client.open(UsersPage, "/admin/users")).toMatchObject({ is: "done" });
    }
    await database().delete(sessions).where(eq(sessions.userId, user.id));
    expect((await client.request(me, "/api/me")).status).toBe(401);
    expect(await client.open(UsersPage, "/admin/users")).toMatchObject({ is: "redirected" });
    expect(await client.submit(removeUser, [{}, formOf({ id: user.id })])).toMatchObject({ is: "redirected" });
  });
});

describe("submit", () => {
  it("meets the guard of the action", async () => {
    const target = await createTestUser();
    const removing = (as?: { id: string; loginId: string }) =>
      submit(removeUser, [{}, formOf({ id: target.id })], as ? { as } : {});
    expect(await removing()).toMatchObject({ is: "redirected", to: "/login" });
    expect(await removing(await createTestUser())).toEqual({ is: "forbidden" });
    const manager = await createTestUser({ permissions: ["auth-manage"] });
    expect(await removing(manager)).toEqual({ is: "redirected", to: "/admin/users" });
  });
});

it("a user is given no permission that is not declared", async () => {
  await expect(createTestUser({ permissions: ["no-such-thing"] })).rejects.toThrow("no-such-thing");
});

it("what a page throws beside Next.js' own ends is not swallowed", async () => {
  const page = () => Promise.reject(new Error("on purpose"));
  await expect(open(page, "/")).rejects.toThrow("on purpose");
});
