import { env, expect, test } from "@/e2e/fixtures";
import { createTestUser, type TestPermission } from "@/lib/testing/factories";
import { clientOf, cookieOf } from "./api";

/**
 * Tests that a page of the running app leads strangers to the login page, refuses everybody who lacks one of the
 * permissions, and opens for who has exactly these; the refusals also without the middleware.
 *
 * ```ts
 * describePage("/reports", ["reports-view"]);
 * ```
 */
export function describePage(path: string, needs: readonly TestPermission[]): void {
  test.describe(`page ${path}`, () => {
    test("sends strangers to the login page, which leads back", async () => {
      const { status, headers } = await clientOf(env("E2E_BASE_URL"))("GET", path);
      expect([status, headers.get("location")]).toEqual([303, `/login?next=${encodeURIComponent(path)}`]);
    });
    for (const missing of needs) {
      test(`is forbidden without ${missing}`, async ({ ctx }) => {
        const { id } = await createTestUser({ permissions: needs.filter((each) => each !== missing) });
        for (const base of [env("E2E_BASE_URL"), env("E2E_WITHOUT_MIDDLEWARE_URL")]) {
          expect((await clientOf(base, await cookieOf(ctx, id))("GET", path)).status).toBe(403);
        }
      });
    }
    test("opens with exactly what it needs", async ({ ctx }) => {
      const { id } = await createTestUser({ permissions: needs });
      expect((await clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, id))("GET", path)).status).toBe(200);
    });
  });
}
