import { env, expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { addPerson } from "@/e2e/support/people";
import { type Route, routes } from "@/lib/routes";

/** Every path of the route table is open to whom it should be, and to nobody else. */

const filled = (path: string) =>
  path
    .replace("[entity]", "users")
    .replace(/\[\.\.\.[^\]]+\]/g, "session")
    .replace(/\[id\]/g, "018f0000-0000-7000-8000-000000000000")
    .replace(/\[[^\]]+\]/g, "x");

const guarded = Object.entries(routes).filter(([, { allow }]) => allow !== "public");

/** What nobody is to see: a page that leads elsewhere, or an answer that says no. */
const CLOSED = [303, 307, 401, 403, 404, 405];

function expectedOf(path: string, { leftToGuard }: Route, isKnown: boolean): number[] {
  if (leftToGuard) return CLOSED;
  if (isKnown) return [403];
  return path.startsWith("/api/") ? [401] : [303];
}

for (const [path, route] of guarded) {
  test(`${path} is closed to strangers`, async () => {
    const { status, headers } = await clientOf(env("E2E_BASE_URL"))("GET", filled(path));
    expect(expectedOf(path, route, false)).toContain(status);
    if (status === 303) expect(headers.get("location")).toMatch(/^\/login\b/);
    const bare = await clientOf(env("E2E_WITHOUT_MIDDLEWARE_URL"))("GET", filled(path));
    expect(CLOSED, "without the middleware").toContain(bare.status);
  });

  // A function decides for itself, so that nobody else knows for whom.
  if (route.allow === "signed-in" || typeof route.allow === "function") continue;

  test(`${path} is closed to whoever holds nothing, and open to a superuser`, async ({ ctx, unique }) => {
    const plain = await addPerson(ctx, `${unique("plain")}@example.com`);
    const cookie = await cookieOf(ctx, plain);
    const { status } = await clientOf(env("E2E_BASE_URL"), cookie)("GET", filled(path));
    expect(expectedOf(path, route, true)).toContain(status);
    const bare = await clientOf(env("E2E_WITHOUT_MIDDLEWARE_URL"), cookie)("GET", filled(path));
    expect(CLOSED, "without the middleware").toContain(bare.status);

    const root = await addPerson(ctx, `${unique("root")}@example.com`, { isSuperuser: true });
    const opened = await clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, root))("GET", filled(path));
    expect([401, 403]).not.toContain(opened.status);
    expect(opened.headers.get("location") ?? "").not.toMatch(/^\/login\b/);
  });
}
