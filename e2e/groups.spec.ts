import { expect, test } from "./fixtures";
import { people } from "./support/people";

for (const { path, add } of [
  { path: "/admin/groups", add: "Add group" },
  { path: "/admin/bundles", add: "Add bundle" },
]) {
  test(`${path}: add, refuse a taken name, edit`, async ({ page, signInAs, unique }) => {
    const name = unique("Night Watch");
    await signInAs(people.manager);
    await page.goto(path);
    await page.getByRole("link", { name: add }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(add);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("searchbox", { name: "Filter permissions" }).fill("no such thing");
    await expect(page.getByText("No permission matches.")).toBeVisible();
    await page.getByRole("searchbox", { name: "Filter permissions" }).fill("AUTH");
    await page.getByRole("checkbox", { name: /auth-manage/ }).check();
    await page.getByRole("button", { name: add }).click();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("row").filter({ hasText: name })).toContainText("auth-manage");

    await page.getByRole("link", { name: add }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(add);
    await page.getByLabel("Name", { exact: true }).fill(`  ${name.toUpperCase()} `);
    await page.getByRole("button", { name: add }).click();
    await expect(page.getByText("This name is already in use.")).toBeVisible();
    // What was typed would be lost: the page asks first.
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByRole("link", { name: "Show who has it" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${name}`);
    await page.getByRole("checkbox", { name: /auth-manage/ }).uncheck();
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("row").filter({ hasText: name })).not.toContainText("auth-manage");
  });
}

test("a group may hold bundles, and the chooser keeps to the content security policy", async ({
  page,
  signInAs,
  unique,
}) => {
  const name = unique("Keepers");
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  await signInAs(people.root);
  await page.goto("/admin/groups/add");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("combobox", { name: "Bundles" }).click();
  await page.getByRole("option", { name: "User administration" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add group" }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toContainText("User administration");
  expect(violations).toEqual([]);
});

test("permissions are there to read", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/permissions");
  await expect(page.getByRole("row").filter({ hasText: "auth-manage" })).toContainText("Manage users");
  await expect(page.getByRole("link", { name: /add/i })).toHaveCount(0);
});

test("Enter in the chooser chooses, and never sends the form", async ({ page, signInAs, unique }) => {
  await signInAs(people.manager);
  await page.goto("/admin/groups/add");
  await page.getByLabel("Name", { exact: true }).fill(unique("Unsent"));
  const bundles = page.getByRole("combobox", { name: "Bundles" });
  await bundles.fill("no such bundle");
  await bundles.press("Enter");
  await bundles.fill("user adm");
  await bundles.press("ArrowDown");
  await bundles.press("Enter");
  const chosen = page.getByRole("button", { name: "Remove User administration" });
  await expect(chosen).toBeVisible();
  await page.keyboard.press("Escape");
  await chosen.focus();
  await page.keyboard.press("Enter");
  await expect(chosen).toBeHidden();
  await expect(bundles).toBeFocused();
  await expect(page).toHaveURL("/admin/groups/add");
});

test("permissions are found and sorted by what the reader sees", async ({ page, context, signInAs, baseURL }) => {
  await signInAs(people.manager);
  await context.addCookies([{ name: "gatehouse-locale", value: "es", url: baseURL ?? "" }]);
  await page.goto("/admin/permissions?q=ADMINISTRAR&sort=-description");
  await expect(page.getByRole("row").filter({ hasText: "auth-manage" })).toContainText("Administrar usuarios");
});
