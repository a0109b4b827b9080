import { eq } from "drizzle-orm";
import { expect, logIn, test } from "@/e2e/fixtures";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { sessionCookieName } from "@/lib/auth/session";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";

/** People come in with their password and with nothing else, and the session is the server's to end. */

test("the right password opens a session, in a cookie that scripts do not see, and logging out ends it", async ({
  page,
  ctx,
  unique,
}) => {
  const loginId = `${unique("in")}@example.com`;
  const id = await addPerson(ctx, loginId);
  await page.goto("/login?next=/account");
  await logIn(page, loginId.toUpperCase());
  await expect(page).toHaveURL("/account");
  const cookie = (await page.context().cookies()).find(({ name }) => name === sessionCookieName());
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(await ctx.db.$count(sessions, eq(sessions.userId, id))).toBe(1);

  await page.goto("/logout");
  await page.getByRole("main").getByRole("button").first().click();
  await expect(page).toHaveURL("/login");
  expect(await ctx.db.$count(sessions, eq(sessions.userId, id))).toBe(0);
  if (cookie) await page.context().addCookies([cookie]);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/login\?next/);
});

test("who is not there, who is disabled and who has mistyped hear the same", async ({ page, ctx, unique }) => {
  const [there, disabled] = [`${unique("there")}@example.com`, `${unique("off")}@example.com`];
  await addPerson(ctx, there);
  await ctx.db
    .update(users)
    .set({ isEnabled: false })
    .where(eq(users.id, await addPerson(ctx, disabled)));
  const said = new Set<string>();
  for (const loginId of [there, disabled, `${unique("nobody")}@example.com`]) {
    await page.goto("/login");
    await logIn(page, loginId, "not the password of anybody");
    const alert = page.getByRole("main").getByRole("alert");
    await expect(alert).toBeVisible();
    said.add((await alert.textContent()) ?? "");
  }
  expect([...said]).toHaveLength(1);
});

test("a disabled account stays outside with the right password too", async ({ page, ctx, unique }) => {
  const loginId = `${unique("off")}@example.com`;
  const id = await addPerson(ctx, loginId);
  await ctx.db.update(users).set({ isEnabled: false }).where(eq(users.id, id));
  await page.goto("/login");
  await logIn(page, loginId, PASSWORD);
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  expect(await ctx.db.$count(sessions, eq(sessions.userId, id))).toBe(0);
});

for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
  test(`signing in does not lead to ${next}`, async ({ page, ctx, unique, baseURL }) => {
    const loginId = `${unique("next")}@example.com`;
    await addPerson(ctx, loginId);
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await logIn(page, loginId);
    await expect(page.getByRole("status").first()).toBeVisible();
    expect(new URL(page.url()).origin).toBe(baseURL);
  });
}
