import { and, eq, like, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { userGroups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { expect, test } from "./fixtures";
import { addPerson, people } from "./support/people";

/** Adds `count` users called `<stem>-<n>@<domain>` without going through the verbs, which would take a while. */
async function addCrowd(ctx: Context, stem: string, domain: string, count: number): Promise<void> {
  await ctx.db.execute(sql`
    insert into users (login_id, login_id_canonical, is_verified)
    select ${stem} || '-' || n || ${domain}, ${stem} || '-' || n || ${domain}, true from generate_series(1, ${count}::int) n`);
}

const disabledCount = (ctx: Context, pattern: string) =>
  ctx.db.$count(users, and(like(users.loginIdCanonical, pattern), eq(users.isEnabled, false)));

test("all 598 that match are disabled, and none of the other 1,174", async ({ page, ctx, signInAs, unique }) => {
  test.slow();
  const stem = unique("crowd");
  await addCrowd(ctx, stem, "@match.example", 598);
  await addCrowd(ctx, stem, "@other.example", 1174);
  await signInAs(people.manager);
  await page.goto(`/admin/users?q=${stem}&loginId=match.example&sort=-loginId`);
  await page.getByRole("checkbox", { name: "All 598 that match" }).check();
  await expect(page.getByText("All selected")).toBeVisible();
  await page.getByRole("combobox", { name: "What to do with the selection" }).selectOption("Disable");
  await page.getByRole("button", { name: "Continue" }).click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Disable");
  await expect(page.getByText("This concerns 598 entries.")).toBeVisible();
  await expect(page.getByText("598 will change, none is so already, none will be left out.")).toBeVisible();
  expect(await disabledCount(ctx, `${stem}%`)).toBe(0);

  // Comes to match only after the decision, and so is none of the 598.
  await addPerson(ctx, `${stem}-late@match.example`);
  await page.getByRole("button", { name: "Disable (598)" }).click();
  await expect(page.getByText("598 changed, 0 as they were, 0 left out")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("progressbar")).toHaveJSProperty("value", 1);
  expect(await disabledCount(ctx, `${stem}%@match.example`)).toBe(598);
  expect(await disabledCount(ctx, `${stem}%@other.example`)).toBe(0);

  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(page).toHaveURL(`/admin/users?q=${stem}&loginId=match.example&sort=-loginId`);
});

test("ticked rows join a group; who may not be touched is left out, with the reason", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const stem = unique("team");
  const groupId = await createGroup(ctx, { name: stem, bundleIds: [], permissionIds: [] });
  await addPerson(ctx, `${stem}-a@example.com`);
  await addPerson(ctx, `${stem}-b@example.com`, { groupIds: [groupId] });
  await addPerson(ctx, `${stem}-chief@example.com`, { isSuperuser: true });
  await addPerson(ctx, `${stem}-not-ticked@example.com`);
  await signInAs(people.manager);
  await page.goto(`/admin/users?q=${stem}`);
  await page.getByRole("checkbox", { name: "Select all entries on this page" }).check();
  await expect(page.getByText("4 selected")).toBeVisible();
  await page.getByRole("checkbox", { name: `Select ${stem}-not-ticked@example.com` }).uncheck();
  await expect(page.getByText("3 selected")).toBeVisible();
  await page.getByRole("combobox", { name: "What to do with the selection" }).selectOption("Add to a group");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("combobox", { name: "Groups" }).selectOption(stem);
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("1 will change, 1 is so already, 1 will be left out.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: `${stem}-chief@example.com` })).toContainText(
    "Your rights are not enough to change this account.",
  );
  await page.getByRole("button", { name: "Add to a group (3)" }).click();
  await expect(page.getByText("1 changed, 1 as they were, 1 left out")).toBeVisible();
  expect(await ctx.db.$count(userGroups, eq(userGroups.groupId, groupId))).toBe(2);
});

test("nothing ticked, no action and nonsense are told, and nothing happens", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users/bulk?action=disable&ids=1&ids=%00&from=%2Fadmin%2Fusers");
  await expect(page.getByText("No entry is selected.")).toBeVisible();
  await page.goto("/admin/users/bulk?from=%2Fadmin%2Fusers%3Fq%3Dx");
  await expect(page.getByText("Nothing is selected")).toBeVisible();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(page).toHaveURL("/admin/users?q=x");
  // An address that is too long to be trusted must not become "everybody".
  const long = encodeURIComponent(
    `/admin/users?q=${encodeURIComponent("語".repeat(200))}&loginId=${"%E8%AA%9E".repeat(60)}`,
  );
  for (const from of [long, "", "%2Fadmin%2Fgroups", "https%3A%2F%2Fevil.example"]) {
    await page.goto(`/admin/users/bulk?action=disable&all=true&from=${from}`);
    await expect(page.getByText("Nothing is selected")).toBeVisible();
  }
  expect((await page.goto("/admin/users/bulk?action=explode&all=true"))?.status()).toBe(404);
  expect((await page.goto("/admin/users/bulk?action=__proto__&all=true"))?.status()).toBe(404);
});
