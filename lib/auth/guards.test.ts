import { redirect } from "next/navigation";
import { describe, expect, it } from "vitest";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, declareTestPermissions, type TestUser } from "@/lib/testing/factories";
import { open, request, submit } from "@/lib/testing/requests";
import { type Condition, hasAll, hasAny } from "./conditions";
import { requirePermissions, requireUser } from "./guards";
import { guardHandler } from "./handler";
import { principalOf } from "./principal-columns";
import type { RequestLoader } from "./request-loaders/loader";

setUpTestDatabase();

const page =
  (condition?: Condition, options = {}) =>
  async () =>
    condition === undefined ? requireUser(options) : requirePermissions(condition, options);

const as = (user?: TestUser) => (user ? { as: user } : {});

describe("conditions that a guard may ask", () => {
  const [a, b, c] = ["token1", "token2", "token3"] as unknown as ["auth-manage", "auth-manage", "auth-manage"];
  const isQualified: Condition = ({ loginId }) => loginId.startsWith("qualified");

  it.each<[string, Condition | undefined, held: string[][], not: string[][]]>([
    ["nothing but to be signed in", undefined, [[], ["token1"]], []],
    ["a list of two", [a, b], [["token1", "token2"]], [[], ["token1"], ["token2"]]],
    ["any of two", hasAny(a, b), [["token1"], ["token2"]], [[], ["token3"]]],
    ["all of two", hasAll(a, b), [["token1", "token2"]], [["token1"], ["token2"]]],
    [
      "nested",
      hasAll(hasAny(a, b), c),
      [
        ["token1", "token3"],
        ["token2", "token3"],
      ],
      [["token1", "token2"], ["token3"]],
    ],
    ["a function", isQualified, [], [[], ["token1", "token2", "token3"]]],
  ])("%s", async (_, condition, held, not) => {
    await declareTestPermissions(["token1", "token2", "token3"]);
    for (const permissions of held) {
      expect(await open(page(condition), "/", as(await createTestUser({ permissions })))).toMatchObject({ is: "done" });
    }
    for (const permissions of not) {
      const user = await createTestUser({ permissions });
      expect(await open(page(condition), "/", as(user))).toEqual({ is: "forbidden" });
    }
    expect(await open(page(condition), "/x")).toEqual({ is: "redirected", to: "/login?next=%2Fx" });
  });

  it("a function that says yes, to whom it says so", async () => {
    const user = await createTestUser({ loginId: "qualified@example.com" });
    expect(await open(page(isQualified), "/", as(user))).toMatchObject({ is: "done" });
    const superuser = await createTestUser({ isSuperuser: true });
    expect(await open(page(isQualified), "/", as(superuser))).toEqual({ is: "forbidden" });
    expect(await open(page(hasAll(a, b)), "/", as(superuser))).toMatchObject({ is: "done" });
  });
});

describe("what happens otherwise", () => {
  it("on a page is what its guard says; where that returns, the usual follows", async () => {
    const elsewhere = { onAuthenticationFailure: () => redirect("/a"), onAuthorizationFailure: () => redirect("/b") };
    const user = await createTestUser();
    expect(await open(page("auth-manage", elsewhere), "/")).toEqual({ is: "redirected", to: "/a" });
    expect(await open(page("auth-manage", elsewhere), "/", as(user))).toEqual({ is: "redirected", to: "/b" });
    const told: unknown[] = [];
    const returning = {
      onAuthenticationFailure: () => void told.push("nobody"),
      onAuthorizationFailure: ({ userId }: { userId: string }) => void told.push(userId),
    };
    expect(await open(page("auth-manage", returning), "/")).toEqual({ is: "redirected", to: "/login" });
    expect(await open(page("auth-manage", returning), "/", as(user))).toEqual({ is: "forbidden" });
    expect(told).toEqual(["nobody", user.id]);
  });

  it("in an action too", async () => {
    const action = async () => requireUser({ onAuthenticationFailure: () => redirect("/a") });
    expect(await submit(action, [])).toEqual({ is: "redirected", to: "/a" });
  });

  it("in a handler is what its guard answers; where that answers nothing, the usual follows", async () => {
    const user = await createTestUser();
    const told: string[] = [];
    const silent = guardHandler("auth-manage", () => new Response(), {
      onAuthenticationFailure: () => void told.push("nobody") as undefined,
      onAuthorizationFailure: (_request, { loginId }) => void told.push(loginId) as undefined,
    });
    expect((await request(silent, "/")).status).toBe(401);
    expect((await request(silent, "/", as(user))).status).toBe(403);
    expect(told).toEqual(["nobody", user.loginId]);
    const own = guardHandler("auth-manage", () => new Response(), {
      onAuthenticationFailure: async () => new Response(null, { status: 404 }),
    });
    expect((await request(own, "/")).status).toBe(404);
  });
});

describe("methods that are excluded", () => {
  it("come to the handler without a principal, and no others do", async () => {
    const user = await createTestUser();
    const handler = guardHandler("auth-manage", (_request, principal) => Response.json(principal?.userId ?? null), {
      httpMethodsExcluded: ["OPTIONS", "HEAD"],
    });
    for (const method of ["OPTIONS", "HEAD"]) {
      const response = await request(handler, "/", { method, ...as(user) });
      expect([response.status, await response.json()]).toEqual([200, null]);
    }
    expect((await request(handler, "/", as(user))).status).toBe(403);
  });

  it("come to a page without a principal", async () => {
    const excluding = async () => requirePermissions("auth-manage", { httpMethodsExcluded: ["GET"] });
    expect(await open(excluding, "/")).toEqual({ is: "done", result: null });
    expect(await submit(excluding, [])).toMatchObject({ is: "redirected" });
  });
});

describe("a loader of a guard", () => {
  const machine: RequestLoader = {
    name: "machine",
    isAmbient: false,
    isMeant: ({ header }) => header("x-machine") !== null,
    load: ({ header }) => principalOf(header("x-machine") ?? ""),
  };

  it("is asked instead of the usual ones, on pages and in handlers", async () => {
    const user = await createTestUser();
    const handler = guardHandler("signed-in", (_request, { userId }) => Response.json(userId), {
      requestLoaders: [machine],
    });
    const headers = { "x-machine": user.id };
    expect(await (await request(handler, "/", { headers })).json()).toBe(user.id);
    expect((await request(handler, "/", as(user))).status).toBe(401);
    const own = page(undefined, { requestLoaders: [machine] });
    expect(await open(own, "/", { headers })).toMatchObject({ is: "done", result: { userId: user.id } });
    expect(await open(own, "/", as(user))).toMatchObject({ is: "redirected" });
  });

  it("finds nobody who may not sign in, and nobody by what is no id", async () => {
    const disabled = await createTestUser({ isEnabled: false });
    const unverified = await createTestUser({ isVerified: false });
    for (const id of [disabled.id, unverified.id, "x", "", "' or true --"]) {
      expect(await principalOf(id), id).toBeNull();
    }
  });
});
