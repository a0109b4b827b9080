import type { Page } from "@playwright/test";
import { eq, sql } from "drizzle-orm";
import { sessions } from "@/lib/db/schema/auth";
import { mailOutbox } from "@/lib/db/schema/events";
import { expect, logIn, test } from "./fixtures";
import { addPerson, PASSWORD } from "./support/people";

const NEW_PASSWORD = "a short ride through the fog";

async function changePassword(page: Page, current: string, password: string, confirm = password) {
  await page.getByLabel("Current password", { exact: true }).fill(current);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("Confirm password", { exact: true }).fill(confirm);
  await page.getByRole("button", { name: "Change password" }).click();
}

/** The items of the session list. */
const listed = (page: Page) => page.getByRole("main").getByRole("listitem");

test("the account menu leads to the account page, which signed-in users alone see", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=%2Faccount");
  const loginId = `${unique("menu")}@example.com`;
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/");
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("link", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your account");
  await expect(page.getByRole("main").getByText(loginId)).toBeVisible();
});

test("a new password takes the place of the old one, and this session goes on", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("change")}@example.com`;
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/account");
  await changePassword(page, "not the password", "short", "other");
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await expect(page.getByText("The two passwords are not the same.")).toBeVisible();
  await expect(page.getByLabel("Current password", { exact: true })).toBeFocused();

  await changePassword(page, PASSWORD, NEW_PASSWORD);
  await expect(page.getByText("Your password was changed.")).toBeVisible();
  await expect(page).toHaveURL("/account");

  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  await logIn(page, loginId, PASSWORD);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("do not belong together");
  await logIn(page, loginId, NEW_PASSWORD);
  await expect(page).toHaveURL("/");
});

test("what is typed can be looked at, and caps lock is told of", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("looks")}@example.com`;
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/account");
  const current = page.getByLabel("Current password", { exact: true });
  const next = page.getByLabel("New password", { exact: true });
  await current.fill("a secret");
  await page.getByRole("button", { name: "Show the current password" }).click();
  await expect(current).toHaveAttribute("type", "text");
  await expect(next).toHaveAttribute("type", "password");
  await page.getByRole("button", { name: "Hide the current password" }).click();
  await expect(current).toHaveAttribute("type", "password");
  await expect(current).toHaveValue("a secret");

  await next.focus();
  await next.dispatchEvent("keydown", { key: "A", modifierCapsLock: true });
  await expect(page.getByText("Caps lock is on.")).toBeVisible();
  await next.dispatchEvent("keyup", { key: "CapsLock", modifierCapsLock: false });
  await expect(page.getByText("Caps lock is on.")).toHaveCount(0);
});

test("by keyboard alone: from the current password to the changed one", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("keys")}@example.com`;
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/account");
  await page.getByLabel("Current password", { exact: true }).focus();
  await page.keyboard.type(PASSWORD);
  // Past the button that shows what was typed.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type(NEW_PASSWORD);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your password was changed.")).toBeVisible();
});

test("sessions elsewhere are listed and can be ended, one by one and together", async ({
  page,
  browser,
  baseURL,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("sessions")}@example.com`;
  await addPerson(ctx, loginId);
  const elsewhere = await browser.newContext({
    baseURL: baseURL ?? "",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  });
  const other = await elsewhere.newPage();
  await other.goto("/login");
  await logIn(other, loginId);
  await expect(other).toHaveURL("/");
  await signInAs(loginId);
  await signInAs(loginId);

  await page.goto("/account");
  await expect(listed(page)).toHaveCount(3);
  await expect(listed(page).first()).toContainText("This session");
  await expect(listed(page).first().getByRole("button")).toHaveCount(0);
  await page.getByRole("button", { name: /^End session: Firefox on Linux, signed in / }).click();
  await expect(page.getByText("The session was ended.")).toBeVisible();
  await expect(listed(page)).toHaveCount(2);
  await other.goto("/account");
  await expect(other).toHaveURL(/\/login/);

  await page.getByRole("button", { name: "End all other sessions" }).click();
  await expect(page.getByText("Your other sessions have ended.")).toBeVisible();
  await expect(listed(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "End all other sessions" })).toHaveCount(0);
  await elsewhere.close();
});

test("language and theme are chosen here too", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("words")}@example.com`;
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/account");
  const main = page.getByRole("main");
  await main.getByRole("button", { name: "Español" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Su cuenta");
  await main.getByRole("button", { name: "Oscura" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL("/account");
});

test("a new address takes a recent sign-in, and what was typed survives asking for it", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("address")}@example.com`;
  const id = await addPerson(ctx, loginId);
  const wanted = `${unique("wanted")}@example.com`;
  const signedInLongAgo = () =>
    ctx.db.update(sessions).set({ createdAt: sql`now() - interval '1 hour'` }).where(eq(sessions.userId, id));
  await signInAs(loginId);
  await page.goto("/account");
  await page.getByRole("link", { name: "Change your email address" }).click();
  await page.getByLabel("New email address").fill("no address");
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("Enter one email address");
  await expect(page.getByLabel("New email address")).toHaveValue("no address");

  await signedInLongAgo();
  await page.getByLabel("New email address").fill(wanted);
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Confirm that it is you");
  await expect(page.getByLabel("Email")).toHaveValue(loginId);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("do not belong together");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByLabel("New email address")).toHaveValue(wanted);
  // The new session has taken the place of the old one.
  expect(await ctx.db.select().from(sessions).where(eq(sessions.userId, id))).toHaveLength(1);

  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByText(`Please check ${wanted} for a link to confirm the change.`)).toBeVisible();
  const mails = await ctx.db.select().from(mailOutbox).where(eq(mailOutbox.userId, id));
  expect(mails).toMatchObject([{ kind: "confirm-login", recipient: wanted }]);

  await signedInLongAgo();
  await page.goto("/account/email");
  await expect(page).toHaveURL("/account/sign-in-again?next=%2Faccount%2Femail");
});
