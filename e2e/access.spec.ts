import { createBundle } from "@/lib/bundles/service";
import { createGroup } from "@/lib/groups/service";
import { expect, test } from "./fixtures";
import { addPerson, managePermissionId, people } from "./support/people";

test("a user's access names every source, and a permission names every holder", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const manage = await managePermissionId(ctx);
  const [bundle, group] = [unique("Kit"), unique("Crew")];
  const bundleId = await createBundle(ctx, { name: bundle, permissionIds: [manage] });
  const groupId = await createGroup(ctx, { name: group, bundleIds: [bundleId], permissionIds: [manage] });
  const loginId = `${unique("rich")}@example.com`;
  const id = await addPerson(ctx, loginId, { groupIds: [groupId], permissionIds: [manage] });
  await signInAs(people.root);
  await page.goto(`/admin/users/${id}/edit`);
  await page.getByRole("link", { name: "Access", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Access of ${loginId}`);
  const row = page.getByRole("row").filter({ hasText: "auth-manage" });
  await expect(row).toContainText("Direct");
  await expect(row).toContainText(`Group ${group}`);
  await expect(row).toContainText(`Group ${group} → Bundle ${bundle}`);

  await row.getByRole("link", { name: bundle }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${bundle}`);
  await page.getByRole("link", { name: "Access", exact: true }).click();
  await expect(page.getByText("In groups")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: loginId })).toContainText(`Group ${group}`);

  await page.goto("/admin/permissions");
  await page.getByRole("link", { name: "auth-manage" }).click();
  await page.getByRole("searchbox", { name: "Search users" }).fill(loginId);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("row").filter({ hasText: loginId })).toContainText(`Group ${group} → Bundle ${bundle}`);
  await expect(page.getByText("1 user", { exact: true })).toBeVisible();
});

test("who is a superuser is shown to superusers only", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("hidden-chief")}@example.com`;
  const id = await addPerson(ctx, loginId, { isSuperuser: true });
  const permission = await managePermissionId(ctx);
  await signInAs(people.manager);
  await page.goto(`/admin/permissions/${permission}/access?q=${loginId}`);
  await expect(page.getByText("Nobody matches")).toBeVisible();
  for (const tab of ["access", "history"]) {
    await page.goto(`/admin/users/${id}/${tab}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(loginId);
    await expect(page.getByText("Superuser")).toHaveCount(0);
  }
  await signInAs(people.root);
  await page.goto(`/admin/permissions/${permission}/access?q=${loginId}`);
  await expect(page.getByRole("row").filter({ hasText: loginId })).toContainText("Superuser");
});
