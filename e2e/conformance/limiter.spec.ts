import { and, eq } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { clientOf } from "@/e2e/support/api";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { attemptLimits } from "@/lib/auth/attempts/limits";
import { credentialsAuthenticator } from "@/lib/auth/authenticators/registry";
import { attempts } from "@/lib/db/schema/auth";

/** Nobody gets more guesses than the limit says, however they come, and nobody else pays for it. */

/** Signs in at Auth.js' own endpoint, as programs do. */
async function guess(loginId: string, password: string) {
  const base = env("E2E_BASE_URL");
  const csrf = await clientOf(base)("GET", "/api/auth/csrf");
  const cookie = csrf.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const form = new URLSearchParams({ loginId, password, csrfToken: String(csrf.json.csrfToken) });
  return clientOf(base, cookie)("POST", `/api/auth/callback/${credentialsAuthenticator()?.name}`, {
    body: form.toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", "x-auth-return-redirect": "1" },
  });
}

test("of many guesses at once exactly as many are looked at as the limit allows, in any spelling", async ({
  ctx,
  unique,
}) => {
  const loginId = `${unique("victim")}@example.com`;
  await addPerson(ctx, loginId);
  const { limit } = attemptLimits("login");
  const spellings = [loginId, loginId.toUpperCase(), ` ${loginId} `];
  const guesses = Array.from({ length: limit * 2 }, (_, n) => guess(spellings[n % 3] ?? "", `wrong ${n}`));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(limit);
  const of = (duringLockout: boolean) =>
    ctx.db.$count(attempts, and(eq(attempts.loginIdCanonical, loginId), eq(attempts.duringLockout, duringLockout)));
  expect(await of(false)).toBe(limit);

  const right = await guess(loginId, PASSWORD);
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);

  const other = `${unique("other")}@example.com`;
  await addPerson(ctx, other);
  const passed = await guess(other, PASSWORD);
  expect(passed.headers.getSetCookie().join()).toContain("gatehouse-session=");
});
