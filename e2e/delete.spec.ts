import { eq } from "drizzle-orm";
import { groups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { expect, test } from "./fixtures";
import { addPerson, managePermissionId, people } from "./support/people";

test("the dialog says what goes along, Escape keeps everything, and the list comes back as it was", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const name = unique("Doomed");
  const permissionIds = [await managePermissionId(ctx)];
  const groupId = await createGroup(ctx, { name, bundleIds: [], permissionIds });
  for (const n of [1, 2, 3]) await addPerson(ctx, `${name}-${n}@example.com`, { groupIds: [groupId] });
  await signInAs(people.manager);
  await page.goto(`/admin/groups?q=${name}&size=10`);
  const trash = page.getByRole("link", { name: `Delete ${name}` });
  await trash.click();
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog).toContainText("the access that 3 members have by it");
  await expect(dialog).toContainText("the link to 1 permission");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(trash).toBeFocused();
  expect(await ctx.db.$count(groups, eq(groups.id, groupId))).toBe(1);

  await trash.click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(`/admin/groups?q=${name}&size=10`);
  await expect(page.getByText(`${name} was deleted.`)).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  expect(await ctx.db.$count(groups, eq(groups.id, groupId))).toBe(0);
});

test("the page asks the same, and nobody deletes themselves", async ({ page, ctx, signInAs, unique }) => {
  const loginId = `${unique("leaver")}@example.com`;
  const id = await addPerson(ctx, loginId);
  await signInAs(people.manager);
  await page.goto(`/admin/users/${id}/delete`);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL("/admin/users");
  await expect(page.getByText(`${loginId} was deleted.`)).toBeVisible();
  expect(await ctx.db.$count(users, eq(users.id, id))).toBe(0);
  expect((await page.goto(`/admin/users/${id}/delete`))?.status()).toBe(404);

  const me = `${unique("me")}@example.com`;
  const myId = await addPerson(ctx, me, { permissionIds: [await managePermissionId(ctx)] });
  await signInAs(me);
  await page.goto(`/admin/users?q=${me}`);
  await expect(page.getByRole("link", { name: `Edit ${me}` })).toBeVisible();
  await expect(page.getByRole("link", { name: `Delete ${me}` })).toHaveCount(0);
  await page.goto(`/admin/users/${myId}/delete`);
  await expect(page.getByText("You cannot delete your own account.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Delete" })).toBeDisabled();
});

test("asking for a deletion deletes nothing: it takes a post from this site", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const id = await addPerson(ctx, `${unique("stays")}@example.com`);
  await signInAs(people.root);
  await page.request.get(`/admin/users/${id}/delete`);
  const foreign = await page.request.post(`/admin/users/${id}/delete`, {
    headers: { origin: "https://evil.example" },
    form: { id },
  });
  expect(foreign.status()).toBe(403);
  expect(await ctx.db.$count(users, eq(users.id, id))).toBe(1);
});
