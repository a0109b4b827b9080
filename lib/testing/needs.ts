import { describe, expect, it } from "vitest";
import { createTestUser, type TestPermission } from "./factories";
import { type Handler, open, request } from "./requests";

/** "This place needs these permissions", as tests: for pages, for route handlers, and for whatever a person can be sent to. */

type Needs = {
  /** Every one of them. */
  needs: readonly TestPermission[];
  /** For dynamic segments. */
  params?: Record<string, string | string[]>;
};

/** Each permission with the others, which are not enough without it. */
const allButOne = (needs: readonly TestPermission[]) =>
  needs.map((missing) => [missing, needs.filter((each) => each !== missing)] as const);

/**
 * Tests that a page leads strangers to the login page, refuses everybody who lacks one of the permissions, and opens for who
 * has exactly these.
 *
 * ```ts
 * setUpTestDatabase();
 * describePage("/reports", ReportsPage, { needs: ["reports-view"] });
 * ```
 */
export function describePage(path: string, page: Parameters<typeof open>[0], { needs, params = {} }: Needs): void {
  describe(`page ${path}`, () => {
    it("sends strangers to the login page, which leads back", async () => {
      const to = `/login?next=${encodeURIComponent(path)}`;
      expect(await open(page, path, { params })).toEqual({ is: "redirected", to });
    });
    it.each(allButOne(needs))("is forbidden without %s", async (_missing, permissions) => {
      const as = await createTestUser({ permissions });
      expect(await open(page, path, { as, params })).toEqual({ is: "forbidden" });
    });
    it("opens with exactly what it needs", async () => {
      const as = await createTestUser({ permissions: needs });
      expect(await open(page, path, { as, params })).toMatchObject({ is: "done" });
    });
  });
}

/** The same for a route handler: 401, 403, and what it answers when all is well. */
export function describeHandler(
  path: string,
  handler: Handler,
  { needs, params = {}, method = "GET", body }: Needs & { method?: string; body?: unknown },
): void {
  describe(`${method} ${path}`, () => {
    const call = (as?: Awaited<ReturnType<typeof createTestUser>>) =>
      request(handler, path, { method, body, params, ...(as && { as }) });
    it("answers strangers with 401", async () => {
      const response = await call();
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    });
    it.each(allButOne(needs))("answers 403 without %s", async (_missing, permissions) => {
      expect((await call(await createTestUser({ permissions }))).status).toBe(403);
    });
    it("answers with exactly what it needs", async () => {
      expect((await call(await createTestUser({ permissions: needs }))).ok).toBe(true);
    });
  });
}
