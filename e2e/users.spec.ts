import { desc, eq } from "drizzle-orm";
import { sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { newUser } from "@/lib/users/schema";
import { getUser, updateUser } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { addPerson, managePermissionId, people } from "./support/people";

const rows = "tbody tr";

test("search, filter, sort and page through the list, all of it in the address", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users");
  await page.getByRole("searchbox", { name: "Search" }).fill("PERSON-0");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/admin/users?q=PERSON-0");
  await expect(page.getByText("60 entries")).toBeVisible();
  await expect(page.locator(rows)).toHaveCount(25);

  await page.getByRole("button", { name: "Email" }).click();
  await page.getByRole("button", { name: "Email" }).click();
  await expect(page).toHaveURL("/admin/users?q=PERSON-0&sort=-loginId");
  await expect(page.getByRole("columnheader", { name: "Email" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.locator(rows).first()).toContainText("person-060");

  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/admin/users?q=PERSON-0&sort=-loginId&page=2");
  await expect(page.locator(rows).first()).toContainText("person-035");

  // A filter goes back to the first page and keeps search and sort.
  await page.getByText("Filters").click();
  await page.getByRole("combobox", { name: "Groups" }).selectOption({ label: "Staff" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/\?q=PERSON-0&groupIds=[0-9a-f-]{36}&sort=-loginId$/);
  await expect(page.getByText("30 entries")).toBeVisible();
  await expect(page.locator(rows).first()).toContainText("person-059");

  await page.goBack();
  await expect(page.locator(rows).first()).toContainText("person-035");
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("PERSON-0");
  await page.getByLabel("Entries per page").selectOption("50");
  await expect(page).toHaveURL("/admin/users?q=PERSON-0&sort=-loginId&size=50");
  await expect(page.locator(rows)).toHaveCount(50);
});

test("nothing that matches is not the same as nothing there", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=nobody-is-called-this");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("link", { name: "Reset" }).last().click();
  await expect(page).toHaveURL("/admin/users");
});

test("an address with nonsense in it shows the plain list", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  const response = await page.goto(
    "/admin/users?sort=passwordHash,-x&page=-4&size=9999&isEnabled=perhaps&groupIds=1&nope=1",
  );
  expect(response?.status()).toBe(200);
  await expect(page.locator(rows).first()).toBeVisible();
});

test("add a user with a group, find and edit it, and return to the list as it was left", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("New")}@Example.com`;
  await signInAs(people.root);
  await page.goto("/admin/users?q=new&size=50");
  await page.getByRole("link", { name: "Add user" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Add user");
  await page.getByLabel("Email", { exact: true }).fill(loginId);
  const groups = page.getByRole("combobox", { name: "Groups" });
  await groups.fill("sta");
  await page.getByRole("option", { name: "Staff" }).click();
  await page.keyboard.press("Escape");
  // Escape on the closed list must not drop what was chosen.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Remove Staff" })).toBeVisible();
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page).toHaveURL("/admin/users?q=new&size=50");
  await expect(page.getByText(`${loginId} was added.`)).toBeVisible();
  const row = page.locator(rows).filter({ hasText: loginId });
  await expect(row).toContainText("Staff");

  await row.getByRole("link", { name: loginId, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${loginId}`);
  await page.getByRole("button", { name: "Remove Staff" }).click();
  await page.getByRole("checkbox", { name: /auth-manage/ }).check();
  await page.getByLabel("Disable date").fill("2031-05-06");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/admin/users?q=new&size=50");
  await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();

  const [event] = await ctx.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.entityLabel, loginId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  expect(event).toMatchObject({
    action: "update",
    actorLabel: people.root,
    changes: {
      groupIds: { from: ["Staff"], to: [] },
      permissionIds: { from: [], to: ["auth-manage"] },
      disabledAt: { from: null, to: "2031-05-06T00:00:00.000Z" },
    },
  });
  expect(event?.ip).toMatch(/^(127\.0\.0\.1|::1)$/);
});

test("a refused form keeps what was typed, says why, and leads to the first error", async ({ page, signInAs }) => {
  await signInAs(people.root);
  await page.goto("/admin/users/add");
  await page.getByRole("checkbox", { name: "Superuser" }).check();
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("This field is required.")).toBeVisible();
  await expect(page.getByLabel("Email", { exact: true })).toBeFocused();

  // Where mail is sent, the new user chooses the password.
  await expect(page.getByLabel(/password/i)).toHaveCount(0);
  const welcome = page.getByRole("checkbox", { name: "Send welcome email" });
  await expect(welcome).toBeChecked();
  await welcome.uncheck();
  await page.getByLabel("Email", { exact: true }).fill("no address");
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("Enter one email address")).toBeVisible();
  await page.getByLabel("Email", { exact: true }).fill(people.plain.toUpperCase());
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("This login is already in use.")).toBeVisible();
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue(people.plain.toUpperCase());
  await expect(page.getByRole("checkbox", { name: "Superuser" })).toBeChecked();
  await expect(welcome).not.toBeChecked();
  await expect(page.getByLabel("Email", { exact: true })).toBeFocused();

  // What was typed would be lost: the page asks first.
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("link", { name: "Show who has it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${people.plain}`);
});

test("two people editing one user: the second is told", async ({ page, ctx, browser, signInAs, unique, baseURL }) => {
  const id = await addPerson(ctx, `${unique("shared")}@example.com`);
  const other = await browser.newContext({ baseURL: baseURL ?? "", locale: "en-US" });
  await signInAs(people.manager, other);
  const theirs = await other.newPage();
  await theirs.goto(`/admin/users/${id}/edit`);

  await signInAs(people.root);
  await page.goto(`/admin/users/${id}/edit`);
  await page.getByLabel("Disable date").fill("2032-01-01");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/admin/users");

  await theirs.getByRole("checkbox", { name: "Enabled" }).uncheck();
  await theirs.getByRole("button", { name: "Save changes" }).click();
  await expect(theirs.getByText("Somebody else has saved this in the meantime.")).toBeVisible();
  expect((await getUser(ctx, id)).isEnabled).toBe(true);
  await other.close();
});

test("who is no superuser sees no superuser flag, and cannot save a superuser", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const id = await addPerson(ctx, `${unique("chief")}@example.com`, { isSuperuser: true });
  await signInAs(people.manager);
  await page.goto(`/admin/users/${id}/edit`);
  await expect(page.getByRole("checkbox", { name: "Superuser" })).toHaveCount(0);
  await expect(page.getByText("Your rights are not enough to change this account.")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Enabled" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Save changes" })).toBeDisabled();
  expect((await getUser(ctx, id)).isEnabled).toBe(true);
});

test("an unknown user is a 404", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  for (const id of ["0190d5a0-0000-7000-8000-000000000000", "1", "%00", "add%2F.."]) {
    const response = await page.request.get(`/admin/users/${id}/edit`);
    expect(response.status(), id).toBe(404);
  }
});

test("a session that ends while somebody types: nothing typed is lost", async ({ page, ctx, signInAs, unique }) => {
  const me = `${unique("editor")}@example.com`;
  const id = await addPerson(ctx, me, { isSuperuser: true });
  await signInAs(me);
  await page.goto("/admin/users/add");
  const loginId = `${unique("typed")}@example.com`;
  await page.getByLabel("Email", { exact: true }).fill(loginId);
  await ctx.db.delete(sessions).where(eq(sessions.userId, id));
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("You have been logged out. Log in again in another tab")).toBeVisible();
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue(loginId);
  await signInAs(me);
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText(`${loginId} was added.`)).toBeVisible();
});

test("a page beyond the end leads to the last one", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=person-0&page=999");
  await expect(page).toHaveURL("/admin/users?q=person-0&page=3");
  await expect(page.locator(rows)).toHaveCount(10);
});

test("only superusers see who is one", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?isSuperuser=true&sort=isSuperuser&q=person-0");
  await expect(page.getByText("60 entries")).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Superuser" })).toHaveCount(0);
  await signInAs(people.root);
  await page.goto("/admin/users?isSuperuser=true&q=person-0");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
});

test("switching the theme leaves a half-typed search alone", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users");
  await page.getByRole("searchbox", { name: "Search" }).fill("half typ");
  // Before the scripts run, the switch is a plain post that loads the page anew.
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("half typ");
});

test("filter, third page, edit, save: back on the third page with the filter", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=person-0&isEnabled=true&sort=-loginId&size=10&page=3");
  const row = page.locator(rows).nth(4);
  const name = (await row.getByRole("link").first().textContent()) ?? "";
  await row.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${name}`);
  await page.getByLabel("Disable date").fill("2041-01-01");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/admin/users?q=person-0&isEnabled=true&sort=-loginId&size=10&page=3");
  await expect(page.locator(rows).nth(4)).toContainText(name);
  await expect(page.getByRole("link", { name: "Remove filter: Enabled: Yes" })).toBeVisible();
});

test("columns are chosen in the address, and survive search and paging", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=person-0");
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Last login" }).uncheck();
  await page.getByRole("checkbox", { name: "Bundles" }).check();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("columnheader", { name: "Bundles" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Last login" })).toHaveCount(0);
  await expect(page).toHaveURL(/cols=loginId%2CisEnabled%2CisVerified%2CgroupIds%2CdisabledAt%2CbundleIds/);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/cols=.*page=2/);
  await expect(page.getByRole("columnheader", { name: "Bundles" })).toBeVisible();
  await page.getByRole("textbox", { name: "Page" }).fill("1");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/page=/);
});

test("whoever was overtaken sees the newer values, and decides", async ({ page, ctx, signInAs, unique }) => {
  const id = await addPerson(ctx, `${unique("contested")}@example.com`);
  await signInAs(people.root);
  await page.goto(`/admin/users/${id}/edit`);
  const { version, loginId } = await getUser(ctx, id);
  await updateUser(ctx, id, version, { ...newUser, loginId, disabledAt: "2033-03-03" });
  await page.getByRole("checkbox", { name: "Enabled" }).uncheck();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Somebody else has saved this in the meantime.")).toBeVisible();
  const newer = page.getByRole("heading", { name: "Newer values" }).locator("..");
  await expect(newer).toContainText("Disable date2033-03-03");
  await expect(newer).toContainText("EnabledYes");
  expect((await getUser(ctx, id)).isEnabled).toBe(true);
  await newer.getByRole("button", { name: "Take the newer values" }).click();
  await expect(page.getByLabel("Disable date")).toHaveValue("2033-03-03");
  await expect(page.getByRole("checkbox", { name: "Enabled" })).toBeChecked();
  await page.getByRole("checkbox", { name: "Enabled" }).uncheck();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL("/admin/users");
  expect(await getUser(ctx, id)).toMatchObject({ isEnabled: false, disabledAt: new Date("2033-03-03T00:00:00Z") });
});

test("leaving a form with changes asks first", async ({ page, signInAs }) => {
  await signInAs(people.root);
  await page.goto("/admin/groups/add");
  await page.getByLabel("Name", { exact: true }).fill("Half typed");
  page.once("dialog", (dialog) => dialog.dismiss());
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Half typed");
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page).toHaveURL("/admin/users");
});

test("what would only be refused is explained before", async ({ page, ctx, signInAs, unique }) => {
  const me = `${unique("careful")}@example.com`;
  const id = await addPerson(ctx, me, { permissionIds: [await managePermissionId(ctx)] });
  await addPerson(ctx, `${unique("boss")}@example.com`, { isSuperuser: true });
  await signInAs(me);
  await page.goto(`/admin/users/${id}/edit`);
  await expect(page.getByRole("checkbox", { name: "Enabled" })).toBeDisabled();
  await expect(page.getByText("You cannot disable your own account.").first()).toBeVisible();
  await page.getByLabel("Email", { exact: true }).fill(me.toUpperCase());
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${me.toUpperCase()} was saved.`)).toBeVisible();
  expect(await getUser(ctx, id)).toMatchObject({ isEnabled: true, loginId: me.toUpperCase() });
  await page.goto("/admin/users?q=boss-");
  await expect(page.locator(rows).first()).toContainText("Your rights are not enough to change this account.");
});
