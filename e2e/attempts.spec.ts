import { eq, sql } from "drizzle-orm";
import { historyOf } from "@/lib/audit/history";
import { liftAccountLock } from "@/lib/auth/attempts/lift";
import type { Context } from "@/lib/context";
import { attemptBudgets, attempts } from "@/lib/db/schema/auth";
import { times } from "@/lib/testing/attempts";
import { findUserByLoginId } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { clientOf, cookieOf } from "./support/api";
import { addPerson, people } from "./support/people";

/** Attempts and locks as an administrator sees them. */

const LIMIT = 15;

/** An account that is locked, with the attempts that led to it. */
async function lockedAccount(
  ctx: Context,
  loginId: string,
  ip = "198.51.100.7",
): Promise<{ id: string; loginId: string }> {
  const id = await addPerson(ctx, loginId);
  await times(LIMIT + 1, { loginId, ip });
  return { id, loginId };
}

const locksOn = (ctx: Context, key: string) => ctx.db.$count(attemptBudgets, eq(attemptBudgets.key, key));

test("a lock is seen with who tried what from where, and lifted", async ({ page, ctx, signInAs, unique }) => {
  const { id, loginId } = await lockedAccount(ctx, `${unique("shut")}@example.com`);
  await signInAs(people.manager);
  await page.goto("/");
  await page.getByRole("link", { name: "Attempts" }).first().click();
  const locked = page.getByRole("region", { name: "Locked now" });
  const item = locked.getByRole("listitem").filter({ hasText: loginId });
  await expect(item).toContainText("Account · Sign-in · until");
  await item.getByRole("link", { name: `Attempts: ${loginId}` }).click();
  await expect(page).toHaveURL(new RegExp(`loginId=${encodeURIComponent(loginId)}`));
  const rows = page.getByRole("row").filter({ hasText: loginId });
  await expect(rows).toHaveCount(LIMIT + 1);
  await expect(rows.first()).toContainText("198.51.100.7");

  await page.goto("/admin/attempts?type=login&duringLockout=true");
  await expect(page.getByRole("row").filter({ hasText: loginId })).toHaveCount(1);
  await page
    .getByRole("region", { name: "Locked now" })
    .getByRole("button", { name: `Unlock ${loginId} (Sign-in)` })
    .click();
  await expect(page.getByRole("status").filter({ hasText: loginId })).toBeVisible();
  await expect(page).toHaveURL("/admin/attempts?type=login&duringLockout=true");
  expect(await locksOn(ctx, loginId)).toBe(0);
  const { items } = await historyOf(ctx, "users", id, { page: 1, size: 1 });
  expect(items).toMatchObject([{ action: "unlock", actorLabel: people.manager }]);
  await page.goto(`/admin/users/${id}/history`);
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText("Unlocked");
});

test("the page of a locked user says so, and unlocks", async ({ page, ctx, signInAs, unique }) => {
  const { id, loginId } = await lockedAccount(ctx, `${unique("noticed")}@example.com`);
  await signInAs(people.manager);
  await page.goto(`/admin/users/${id}/edit`);
  await expect(page.getByText(/^Sign-in is locked until .* after too many failed attempts\.$/)).toBeVisible();
  await page.getByRole("button", { name: `Unlock ${loginId}` }).click();
  await expect(page).toHaveURL(`/admin/users/${id}/edit`);
  await expect(page.getByText(/Sign-in is locked/)).toBeHidden();
  expect(await locksOn(ctx, loginId)).toBe(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a lock is lifted, and one that has gone meanwhile is no error", async ({ page, ctx, signInAs, unique }) => {
    const [first, second] = [`${unique("plain")}@example.com`, `${unique("gone")}@example.com`];
    await lockedAccount(ctx, first);
    const { id } = await lockedAccount(ctx, second);
    await signInAs(people.manager);
    await page.goto(`/admin/attempts?loginId=${first}`);
    await page.getByRole("button", { name: `Unlock ${first} (Sign-in)` }).click();
    await expect(page.getByRole("status").filter({ hasText: `${first} was unlocked.` })).toBeVisible();
    await expect(page).toHaveURL(`/admin/attempts?loginId=${encodeURIComponent(first)}`);
    expect(await locksOn(ctx, first)).toBe(0);

    await page.goto(`/admin/users/${id}/edit?from=%2Fadmin%2Fusers%3Fq%3Dgone`);
    await liftAccountLock(ctx.db, second);
    await page.getByRole("button", { name: `Unlock ${second}` }).click();
    await expect(page.getByRole("status").filter({ hasText: "That lock had ended already." })).toBeVisible();
    await expect(page).toHaveURL(`/admin/users/${id}/edit?from=%2Fadmin%2Fusers%3Fq%3Dgone`);
  });
});

test("all locks that match are lifted at once, and no others", async ({ page, ctx, signInAs, unique }) => {
  const stem = unique("crowd");
  for (const n of [1, 2, 3]) await times(LIMIT, { loginId: `${stem}-${n}@example.com` });
  await times(LIMIT, { loginId: `other-${stem}@example.org` });
  await signInAs(people.root);
  await page.goto(`/admin/locks?q=${stem}-`);
  await expect(page.getByRole("row").filter({ hasText: stem })).toHaveCount(3);
  await page.getByRole("checkbox", { name: "All 3 that match" }).check();
  await page.getByRole("combobox", { name: "What to do with the selection" }).selectOption("Unlock");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This concerns 3 entries.")).toBeVisible();
  await page.getByRole("button", { name: "Unlock (3)" }).click();
  await expect(page.getByText("3 changed, 0 as they were, 0 left out")).toBeVisible();
  for (const n of [1, 2, 3]) expect(await locksOn(ctx, `${stem}-${n}@example.com`)).toBe(0);
  expect(await locksOn(ctx, `other-${stem}@example.org`)).toBe(1);
  await liftAccountLock(ctx.db, `other-${stem}@example.org`);
});

test("programs read attempts and locks, export them, and unlock", async ({ ctx, baseURL, unique }) => {
  const { loginId } = await lockedAccount(ctx, `${unique("api")}@example.com`);
  const manager = await findUserByLoginId(ctx, people.manager);
  const client = clientOf(baseURL ?? "", await cookieOf(ctx, manager?.id ?? ""));
  const filter = `loginId=${encodeURIComponent(loginId)}`;
  const { json } = await client("GET", `/api/attempts?${filter}&success=false&size=100`);
  expect(json).toMatchObject({ total: LIMIT + 1 });
  const [newest] = json.items as Record<string, unknown>[];
  expect(newest).toMatchObject({ type: "login", loginId, ip: "198.51.100.7", success: false, duringLockout: true });
  const csv = await client("GET", `/admin/attempts/export?format=csv&${filter}`);
  expect(csv.text.trim().split("\n")).toHaveLength(LIMIT + 2);

  const locks = (await client("GET", `/api/locks?key=${encodeURIComponent(loginId)}`)).json.items as { id: string }[];
  expect(locks).toMatchObject([{ key: loginId, scope: "account", type: "login" }]);
  const path = `/api/locks/${locks[0]?.id}`;
  expect((await client("DELETE", path)).status).toBe(204);
  expect((await client("DELETE", path)).status).toBe(404);
  expect((await client("POST", "/api/attempts", { body: {} })).status).toBeGreaterThanOrEqual(404);
  expect(await locksOn(ctx, loginId)).toBe(0);
});

test("whoever may not manage users sees and lifts nothing", async ({ page, ctx, signInAs, unique, baseURL }) => {
  const key = `${unique("kept")}@example.com`;
  await times(LIMIT, { loginId: key });
  const [lock] = await ctx.db.select().from(attemptBudgets).where(eq(attemptBudgets.key, key));
  await signInAs(people.plain);
  for (const path of [
    "/admin/attempts",
    "/admin/locks",
    "/admin/attempts/export?format=csv",
    "/api/attempts",
    "/api/locks",
  ]) {
    expect((await page.request.get(path)).status(), path).toBe(403);
  }
  const headers = { origin: baseURL ?? "" };
  expect((await page.request.delete(`/api/locks/${lock?.id}`, { headers })).status()).toBe(403);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Attempts" })).toHaveCount(0);
  expect(await locksOn(ctx, key)).toBe(1);
  await liftAccountLock(ctx.db, key);
});

test("in Spanish, and with nothing locked", async ({ page, ctx, context, signInAs, unique, baseURL }) => {
  await context.addCookies([{ name: "gatehouse-locale", value: "es", url: baseURL ?? "" }]);
  const { loginId } = await lockedAccount(ctx, `${unique("cerrada")}@example.com`);
  await signInAs(people.root);
  await page.goto(`/admin/locks?q=${encodeURIComponent(loginId)}`);
  await page.getByRole("button", { name: `Desbloquear ${loginId}` }).click();
  await expect(page.getByRole("status").filter({ hasText: loginId })).toBeVisible();
  expect(await ctx.db.$count(attempts, sql`${attempts.loginIdCanonical} = ${loginId}`)).toBe(LIMIT + 1);
});
