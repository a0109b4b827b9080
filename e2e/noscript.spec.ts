import { findUserByLoginId, getUser } from "@/lib/users/service";
import { expect, logIn, test } from "./fixtures";
import { addPerson, PASSWORD, people } from "./support/people";

test("without scripts: log in through a guarded page, wrong and right, and log out", async ({ page }) => {
  await page.goto("/admin/users");
  await expect(page.getByRole("status")).toHaveText("Please log in to access this page.");
  await expect(page.getByRole("button", { name: "Show password" })).toHaveCount(0);
  await logIn(page, people.root, "not the password");
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  await expect(page.locator("[name=loginId]")).toHaveValue(people.root);
  await logIn(page, people.root);
  await expect(page).toHaveURL("/admin/users");
  await expect(page.getByText("Login successful.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Login successful.")).toHaveCount(0);

  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  await expect(page.getByText("You have been logged out.")).toBeVisible();
});

test("without scripts: the language switches and the address stays", async ({ page }) => {
  await page.goto("/login?next=%2Fadmin%2Fusers");
  await page.getByRole("button", { name: "Español" }).click();
  await expect(page).toHaveURL("/login?next=%2Fadmin%2Fusers");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Iniciar sesión");
});

test("without scripts: search, filter, sort and page", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users");
  await page.getByRole("searchbox", { name: "Search" }).fill("person-0");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("60 entries")).toBeVisible();
  await page.getByRole("button", { name: "Email" }).click();
  await page.getByRole("button", { name: "Email" }).click();
  await expect(page.locator("tbody tr").first()).toContainText("person-060");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.locator("tbody tr").first()).toContainText("person-035");
  await page.getByLabel("Entries per page").selectOption("50");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.locator("tbody tr")).toHaveCount(50);
  await page.getByText("Filters").click();
  await page.getByRole("combobox", { name: "Groups" }).selectOption({ label: "Staff" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("30 entries")).toBeVisible();
});

test("without scripts: add and edit a user, and no error loses what was typed", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("plain-html")}@example.com`;
  await signInAs(people.root);
  await page.goto("/admin/users/add");
  await page.getByLabel("Email", { exact: true }).fill("no address");
  await page.getByRole("checkbox", { name: "Send welcome email" }).uncheck();
  await page.locator("select[name=groupIds]").selectOption({ label: "Staff" });
  await page.getByRole("checkbox", { name: /auth-manage/ }).check();
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("Enter one email address")).toBeVisible();
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue("no address");
  await expect(page.getByRole("checkbox", { name: "Send welcome email" })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: /auth-manage/ })).toBeChecked();
  await expect(page.locator("select[name=groupIds] option:checked")).toHaveText("Staff");
  await page.getByLabel("Email", { exact: true }).fill(loginId);
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page).toHaveURL("/admin/users");
  await expect(page.getByText(`${loginId} was added.`)).toBeVisible();

  const id = (await findUserByLoginId(ctx, loginId))?.id ?? "";
  expect(await getUser(ctx, id)).toMatchObject({ groupIds: [expect.any(String)], permissionIds: [expect.any(String)] });
  await page.goto(`/admin/users/${id}/edit`);
  await page.getByRole("checkbox", { name: /auth-manage/ }).uncheck();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();
  expect(await getUser(ctx, id)).toMatchObject({ groupIds: [expect.any(String)], permissionIds: [] });
});

test("without scripts: tick rows, preview, do it, and delete", async ({ page, ctx, signInAs, unique }) => {
  const stem = unique("plain");
  const ids = [await addPerson(ctx, `${stem}-1@example.com`), await addPerson(ctx, `${stem}-2@example.com`)];
  await signInAs(people.manager);
  await page.goto(`/admin/users?q=${stem}`);
  await page.getByRole("checkbox", { name: `Select ${stem}-1@example.com` }).check();
  await page.getByRole("combobox", { name: "What to do with the selection" }).selectOption("Disable");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Disable (1)" }).click();
  await expect(page.getByText("1 changed, 0 as they were, 0 left out")).toBeVisible();
  expect((await getUser(ctx, ids[0] ?? "")).isEnabled).toBe(false);
  expect((await getUser(ctx, ids[1] ?? "")).isEnabled).toBe(true);

  await page.getByRole("link", { name: "Back to the list" }).click();
  await page.getByRole("link", { name: `Delete ${stem}-2@example.com` }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(`/admin/users?q=${stem}`);
  await expect(page.getByText(`${stem}-2@example.com was deleted.`)).toBeVisible();
});

test("without scripts: choose columns, and download what matches", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=person-00");
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Last login" }).uncheck();
  await page.getByRole("button", { name: "Apply" }).last().click();
  await expect(page.getByRole("columnheader", { name: "Last login" })).toHaveCount(0);
  await page.getByText("Export", { exact: true }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "csv" }).click();
  expect((await download).suggestedFilename()).toMatch(/^users-.*\.csv$/);
});

test("without scripts: another password, and the end of another session", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("mine")}@example.com`;
  const password = "a short ride through the fog";
  await addPerson(ctx, loginId);
  await signInAs(loginId);
  await page.goto("/account");
  await expect(page.getByRole("button", { name: /^(Show|Hide) / })).toHaveCount(0);
  const change = async (current: string, confirm: string) => {
    await page.getByLabel("Current password", { exact: true }).fill(current);
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("Confirm password", { exact: true }).fill(confirm);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the password", "something else");
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await expect(page.getByText("The two passwords are not the same.")).toBeVisible();
  await change(PASSWORD, password);
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("Your password was changed. Your other sessions have ended.")).toBeVisible();

  await page.context().clearCookies();
  await page.goto("/login?next=%2Faccount");
  await logIn(page, loginId, password);
  await expect(page.getByText("This session", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: /^End session: / }).click();
  await expect(page.getByText("The session was ended.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^End session: / })).toHaveCount(0);
  await expect(page.getByText("This session", { exact: true })).toBeVisible();
});
