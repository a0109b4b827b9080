import { getUser } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { addPerson, people } from "./support/people";

test("a change shows in the record's history and in the audit trail, with old and new values", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("watched")}@example.com`;
  const id = await addPerson(ctx, loginId);
  await signInAs(people.root);
  await page.goto(`/admin/users/${id}/edit`);
  await page.getByRole("checkbox", { name: "Enabled" }).uncheck();
  await page.getByRole("combobox", { name: "Groups" }).fill("sta");
  await page.getByRole("option", { name: "Staff" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();
  expect(await getUser(ctx, id)).toMatchObject({ isEnabled: false });

  await page.goto(`/admin/users/${id}/history`);
  const newest = page.getByRole("main").getByRole("listitem").first();
  await expect(newest).toContainText("Changed");
  await expect(newest).toContainText(people.root);
  await expect(newest).toContainText(/Enabled: from Yes → \s*to No/);
  await expect(newest).toContainText("Groups: + Staff");

  await page.goto(`/admin/audit?q=${loginId}&action=update&entity=users`);
  const row = page.getByRole("row").filter({ hasText: loginId });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(people.root);
  await page.getByRole("link", { name: "Remove filter: What: Changed" }).click();
  await expect(page).toHaveURL(`/admin/audit?q=${encodeURIComponent(loginId)}&entity=users`);
  await expect(page.getByRole("row").filter({ hasText: loginId })).toHaveCount(2);
  await expect(page.getByRole("link", { name: /add/i })).toHaveCount(0);
});

test("nobody without the permission reads it, and nobody changes it", async ({ page, request, signInAs }) => {
  expect((await request.get("/admin/audit", { maxRedirects: 0 })).status()).toBe(303);
  await signInAs(people.plain);
  expect((await page.request.get("/admin/audit")).status()).toBe(403);
  expect((await page.request.get("/api/audit")).status()).toBe(403);
});
