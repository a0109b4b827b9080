import { readFileSync } from "node:fs";
import type { APIRequestContext, Page } from "@playwright/test";
import { readSheet } from "read-excel-file/node";
import { setDatabaseUrl } from "@/lib/config/env";
import { noRequest } from "@/lib/context";
import { closeDatabase, database } from "@/lib/db/client";
import { test as base, env, expect } from "./fixtures";
import { generated, holders } from "./support/generated";
import { people } from "./support/people";

/** What `npm run new -- entity` has written, untouched, on a server of its own: see e2e/support/copies.ts. */

/** The fixtures, on the server and the database of the copy. */
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a fixture needs from its first parameter.
  baseURL: async ({}, use) => use(env("E2E_GENERATED_URL")),
  // biome-ignore lint/correctness/noEmptyPattern: see above
  ctx: async ({}, use) => {
    // Tests of other files run in the same process, and their pool leads to another database.
    await closeDatabase();
    setDatabaseUrl(env("E2E_GENERATED_DATABASE_URL"));
    await use({ actor: { kind: "cli" }, db: database(), request: noRequest });
    await closeDatabase();
  },
});

const { path, name: entity } = generated;
const api = `/api/${entity}`;

type Sent = { name: string; isActive?: boolean; dueOn?: string | null; notes?: string };

/** Adds one by the API; whoever is signed in in the browser does it. */
async function add(request: APIRequestContext, data: Sent): Promise<string> {
  const response = await request.post(api, { data, headers: { origin: env("E2E_GENERATED_URL") } });
  expect(response.status()).toBe(201);
  return (await response.json()).id;
}

/** Three with `stem` in their names: Amber (due in May, active), Birch (never, not active), Cedar (due in June, active). */
async function addThree(request: APIRequestContext, stem: string): Promise<string[]> {
  return [
    await add(request, { name: `${stem} Amber`, dueOn: "2031-05-31" }),
    await add(request, { name: `${stem} Birch`, isActive: false }),
    await add(request, { name: `${stem} Cedar`, dueOn: "2031-06-01", notes: "=1+1" }),
  ];
}

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

/** The names in the list, without the stem that they share. */
async function expectNames(page: Page, stem: string, names: string[]): Promise<void> {
  await expect(
    page.getByRole("row").getByRole("link", { name: stem, exact: false }).filter({ hasText: stem }),
  ).toHaveText(names.map((name) => `${stem} ${name}`));
}

test("npm run check finds nothing to say about what was written", () => {
  expect(env("E2E_GENERATED_CHECK")).toMatch(/^0\n✓ lint .*\n✓ messages .*\n✓ guards .*\n$/);
});

test("search, filter and sort the list", async ({ page, signInAs, unique }) => {
  const stem = unique("Listed");
  await signInAs(holders.editor);
  await addThree(page.request, stem);
  await page.goto(path);
  await page.getByRole("searchbox", { name: "Search" }).fill(stem.toUpperCase());
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/q=LISTED/);
  await expectNames(page, stem, ["Amber", "Birch", "Cedar"]);
  await expect(row(page, "Amber")).toContainText("May 31, 2031");

  await page.getByText("Filters").click();
  await page.getByRole("combobox", { name: "Active" }).selectOption("No");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/isActive=false/);
  await expectNames(page, stem, ["Birch"]);

  await page.getByRole("combobox", { name: "Active" }).selectOption("Any");
  await page.getByLabel("Due date, from").fill("2031-05-01");
  await page.getByLabel("Due date, to").fill("2031-05-31");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/dueOn=2031-05-01..2031-05-31/);
  await expectNames(page, stem, ["Amber"]);

  await page.goto(`${path}?q=${stem}&sort=dueOn`);
  await expectNames(page, stem, ["Amber", "Cedar", "Birch"]);
  await page.getByRole("button", { name: "Due date" }).click();
  await expect(page).toHaveURL(/sort=-dueOn/);
  await expectNames(page, stem, ["Cedar", "Amber", "Birch"]);
  await page.goto(`${path}?q=${stem}&sort=-isActive,-name`);
  await expectNames(page, stem, ["Cedar", "Amber", "Birch"]);
});

test("add one, be led to the holder of a taken name, edit and delete it", async ({ page, signInAs, unique }) => {
  const name = unique("Lighthouse");
  await signInAs(holders.editor);
  await page.goto(path);
  await page.getByRole("link", { name: "Add trial project" }).first().click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByLabel("Due date").fill("2031-05-06");
  await page.getByLabel("Notes").fill("two\nlines");
  await page.getByRole("button", { name: "Add trial project" }).click();
  await expect(page.getByText(`${name} was added.`)).toBeVisible();

  await page.getByRole("link", { name: "Add trial project" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(` ${name.toUpperCase()}`);
  await page.getByRole("button", { name: "Add trial project" }).click();
  await expect(page.getByText("This name is already in use.")).toBeVisible();
  // The form asks before what was typed is left behind.
  page.once("dialog", (dialog) => dialog.accept());
  await page.getByRole("link", { name: "Show who has it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${name}`);
  await expect(page.getByLabel("Due date")).toHaveValue("2031-05-06");
  await expect(page.getByLabel("Notes")).toHaveValue("two\nlines");
  await expect(page.getByRole("checkbox", { name: "Active" })).toBeChecked();

  await page.getByLabel("Due date").fill("");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(`${name} renamed`);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${name} renamed was saved.`)).toBeVisible();

  await page.goto(`${path}?q=${name}`);
  await page.getByRole("link", { name: `Delete ${name} renamed` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`${name} renamed was deleted.`)).toBeVisible();
  await expect(page).toHaveURL(`${path}?q=${name}`);
  await expect(page.getByText("Nothing matches")).toBeVisible();
});

test("deactivate all that match", async ({ page, signInAs, unique }) => {
  const stem = unique("Bulk");
  await signInAs(holders.editor);
  await addThree(page.request, stem);
  await page.goto(`${path}?q=${stem}`);
  await page.getByRole("checkbox", { name: /^All/ }).check();
  await page.getByRole("combobox", { name: "What to do with the selection" }).selectOption("Deactivate");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This concerns 3 entries.")).toBeVisible();
  await expect(page.getByText("2 will change, 1 is so already", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Deactivate (3)" }).click();
  await expect(page.getByText("2 changed, 1 as they were, 0 left out")).toBeVisible();
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(row(page, stem).getByText("No", { exact: true })).toHaveCount(3);
});

test("export what matches, with the columns shown", async ({ page, signInAs, unique }) => {
  const stem = unique("Exported");
  await signInAs(holders.reader);
  expect((await page.goto(path))?.status()).toBe(200);
  await signInAs(holders.editor);
  await addThree(page.request, stem);
  await signInAs(holders.reader);
  await page.goto(`${path}?q=${stem}&isActive=true&cols=name,isActive,dueOn,notes`);
  const download = async (format: string) => {
    await page.locator("summary", { hasText: "Export" }).click();
    const started = page.waitForEvent("download");
    await page.getByRole("link", { name: format }).click();
    const file = await started;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^${entity}-\\d{4}-\\d\\d-\\d\\d\\.${format}$`));
    await page.keyboard.press("Escape");
    return readFileSync(await file.path());
  };
  expect((await download("csv")).toString()).toBe(
    `\uFEFFName,Active,Due date,Notes\r\n${stem} Amber,Yes,2031-05-31,\r\n${stem} Cedar,Yes,2031-06-01,'=1+1\r\n`,
  );
  expect(await readSheet(await download("xlsx"))).toEqual([
    ["Name", "Active", "Due date", "Notes"],
    [`${stem} Amber`, "Yes", "2031-05-31", null],
    [`${stem} Cedar`, "Yes", "2031-06-01", "'=1+1"],
  ]);
});

test("the JSON API lists, adds, changes and deletes", async ({ page, signInAs, unique }) => {
  const stem = unique("Api");
  const headers = { origin: env("E2E_GENERATED_URL") };
  await signInAs(holders.editor);
  const [id = ""] = await addThree(page.request, stem);
  const list = await (await page.request.get(`${api}?q=${stem}&dueOn=2031-05-01..2031-06-01&sort=-dueOn`)).json();
  expect(list).toMatchObject({ page: 1, total: 2, items: [{ name: `${stem} Cedar` }, { name: `${stem} Amber` }] });
  expect(list.items[1]).toMatchObject({ id, isActive: true, dueOn: "2031-05-31", notes: "" });

  const etag = (await page.request.get(`${api}/${id}`)).headers().etag ?? "";
  const patch = (data: object, match = etag) =>
    page.request.patch(`${api}/${id}`, { data, headers: { ...headers, "if-match": match } });
  const changed = await patch({ dueOn: null });
  expect(await changed.json()).toMatchObject({ name: `${stem} Amber`, dueOn: null });
  expect((await patch({ notes: "late" })).status()).toBe(412);
  const wrong = await patch({ colour: "red" }, "*");
  expect(wrong.status()).toBe(400);
  expect((await wrong.json()).errors).toHaveProperty("colour");
  expect((await patch({ dueOn: "2031-02-30" }, "*")).status()).toBe(400);
  expect((await patch({ name: `${stem} CEDAR` }, "*")).status()).toBe(409);
  expect((await page.request.delete(`${api}/${id}`, { headers })).status()).toBe(204);
  expect((await page.request.get(`${api}/${id}`)).status()).toBe(404);
});

test("history and audit trail show what was changed", async ({ page, signInAs, unique }) => {
  const name = unique("Told");
  await signInAs(people.root);
  const id = await add(page.request, { name, dueOn: "2031-05-06" });
  await page.goto(`${path}/${id}/edit`);
  await page.getByLabel("Due date").fill("2031-05-07");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText(`${name} was saved.`)).toBeVisible();

  await page.goto(`${path}/${id}/edit`);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`History of ${name}`);
  const [newest, first] = [
    page.getByRole("main").getByRole("listitem").first(),
    page.getByRole("main").getByRole("listitem").nth(1),
  ];
  await expect(newest).toContainText("Changed");
  await expect(newest).toContainText(/Due date: from 2031-05-06 → +to 2031-05-07/);
  await expect(first).toContainText("Added");

  await page.goto(`/admin/audit?entity=${entity}&entityLabel=${name}`);
  await expect(row(page, name)).toHaveCount(2);
  await expect(row(page, name).first()).toContainText("Trial projects");
});

test("menu and heading are in Spanish, too", async ({ page, browser, signInAs, baseURL }) => {
  const spanish = await browser.newContext({ locale: "es-ES", baseURL: baseURL ?? "" });
  await signInAs(holders.editor, spanish);
  const there = await spanish.newPage();
  await there.goto("/");
  await there.getByRole("navigation").getByRole("link", { name: generated.labelEs }).click();
  await expect(there.getByRole("heading", { level: 1 })).toHaveText(generated.labelEs);
  await there.goto(`${path}/add`);
  await expect(there.getByRole("heading", { level: 1 })).toHaveText("Añadir proyecto de prueba");
  await expect(there.getByLabel("Fecha límite")).toBeVisible();
  await spanish.close();
  await page.close();
});

test("who may only look changes nothing, and others do not even look", async ({ page, signInAs, unique }) => {
  const name = unique("Guarded");
  await signInAs(holders.editor);
  const id = await add(page.request, { name });
  await signInAs(holders.reader);
  await page.goto(`${path}?q=${name}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Trial projects");
  await expect(row(page, name)).toBeVisible();
  await expect(page.getByRole("link", { name: /^(Add|Edit|Delete)/ })).toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: /^(All|Select)/ })).toHaveCount(0);
  await expect(page.getByRole("combobox", { name: "What to do with the selection" })).toHaveCount(0);
  for (const closed of [`${path}/add`, `${path}/${id}/edit`, `${path}/${id}/delete`]) {
    expect((await page.goto(closed))?.status(), closed).toBe(403);
  }
  const options = { headers: { origin: env("E2E_GENERATED_URL") } };
  const data = { name: `${name} 2` };
  expect((await page.request.get(`${api}/${id}`)).status()).toBe(200);
  expect((await page.request.post(api, { ...options, data })).status()).toBe(403);
  expect((await page.request.patch(`${api}/${id}`, { ...options, data })).status()).toBe(403);
  expect((await page.request.delete(`${api}/${id}`, options)).status()).toBe(403);

  await signInAs(people.plain);
  for (const closed of [path, `${path}/export?format=csv`, api]) {
    expect((await page.request.get(closed)).status(), closed).toBe(403);
  }
});
