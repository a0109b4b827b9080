import { expect, logIn, test } from "./fixtures";
import { addPerson } from "./support/people";

test("on a phone: log in, find a user, edit it, switch language and theme, log out", async ({ page, ctx, unique }) => {
  const loginId = `${unique("phone")}@example.com`;
  // A person of its own: the language that is chosen below goes with the account.
  const me = `${unique("admin")}@example.com`;
  await addPerson(ctx, me, { isSuperuser: true });
  await page.goto("/admin/users");
  await logIn(page, me);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Users");

  await page.getByRole("link", { name: "Add user" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Add user");
  await page.getByLabel("Email", { exact: true }).fill(loginId);
  await page.getByRole("combobox", { name: "Groups" }).click();
  await page.getByRole("option", { name: "Staff" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText(`${loginId} was added.`)).toBeVisible();

  await page.getByRole("searchbox", { name: "Search" }).fill(loginId);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("1 entry")).toBeVisible();
  // A card shows what a table has in its columns, with the label beside it.
  const card = page.getByRole("row").filter({ hasText: loginId });
  await expect(card.getByText("Groups")).toBeVisible();
  await card.getByRole("link", { name: loginId, exact: true }).click();
  await page.getByRole("button", { name: "Remove Staff" }).click();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();

  await page.getByRole("combobox", { name: "Sort by" }).selectOption("-loginId");
  await expect(page).toHaveURL(/sort=-loginId/);

  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("link", { name: "Groups" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Groups");
  // The menu went with the page it was opened on.
  await expect(page.getByRole("button", { name: "Español" })).toBeHidden();
  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("button", { name: "Español" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Usuarios");
  await page.getByRole("button", { name: "Oscura" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Cerrar sesión" }).click();
  await expect(page).toHaveURL("/login");
  await expect(page.getByText("Ha cerrado la sesión.")).toBeVisible();
});
