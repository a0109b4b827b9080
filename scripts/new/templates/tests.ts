import { type Label, within } from "@/scripts/new/labels";
import type { Names } from "@/scripts/new/names";

/** The tests that an entity starts with: its verbs on a real database, and its pages in a browser. */

export const serviceTest = ({ plural, singular }: Names) => `import { expect, it } from "vitest";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, lastAuditOf } from "@/lib/testing/records";
import { new${singular.pascal} } from "./schema";
import { create${singular.pascal}, delete${singular.pascal}, get${singular.pascal}, update${singular.pascal} } from "./service";

setUpTestDatabase();

const named = (name: string) => ({ ...new${singular.pascal}, name });

it("creates one, with an audit row of its values", async () => {
  const name = uniqueName("One");
  const id = await create${singular.pascal}(testContext(), { ...named(name), dueOn: "2031-05-06", notes: "first" });
  expect(await get${singular.pascal}(testContext(), id)).toMatchObject({
    label: name,
    version: 1,
    values: { name, isActive: true, dueOn: "2031-05-06", notes: "first" },
  });
  expect(await lastAuditOf(id)).toMatchObject({
    action: "create",
    entity: "${plural.kebab}",
    entityLabel: name,
    changes: { name: { from: null, to: name }, dueOn: { from: null, to: "2031-05-06" } },
  });
});

it("renames one, with an audit row of what changed", async () => {
  const [name, newName] = [uniqueName("Old"), uniqueName("New")];
  const id = await create${singular.pascal}(testContext(), named(name));
  await update${singular.pascal}(testContext(), id, 1, named(newName));
  expect(await get${singular.pascal}(testContext(), id)).toMatchObject({ label: newName, version: 2 });
  expect(await lastAuditOf(id)).toMatchObject({ action: "update", changes: { name: { from: name, to: newName } } });
});

it("refuses a name that is taken in another spelling, and leads to its holder", async () => {
  const name = uniqueName("Taken");
  const id = await create${singular.pascal}(testContext(), named(name));
  expect(await failureOf(create${singular.pascal}(testContext(), named(\` \${name.toUpperCase()} \`)))).toMatchObject({
    fields: { name: { key: "nameTaken", href: \`/admin/${plural.kebab}/\${id}/edit\` } },
  });
});

it("refuses a day that the calendar does not have", async () => {
  const input = { ...named(uniqueName("Never")), dueOn: "2031-02-30" };
  expect(await failureOf(create${singular.pascal}(testContext(), input))).toMatchObject({ fields: { dueOn: { key: "notADate" } } });
});

it("refuses to save over what somebody else has saved", async () => {
  const name = uniqueName("Stale");
  const id = await create${singular.pascal}(testContext(), named(name));
  await update${singular.pascal}(testContext(), id, 1, { ...named(name), notes: "theirs" });
  const late = update${singular.pascal}(testContext(), id, 1, { ...named(name), notes: "mine" });
  expect(await failureOf(late)).toMatchObject({ code: "conflict" });
  expect(await get${singular.pascal}(testContext(), id)).toMatchObject({ values: { notes: "theirs" } });
});

it("deletes one, and keeps what it was in the audit trail", async () => {
  const name = uniqueName("Gone");
  const id = await create${singular.pascal}(testContext(), named(name));
  await delete${singular.pascal}(testContext(), id);
  expect(await failureOf(get${singular.pascal}(testContext(), id))).toMatchObject({ code: "not-found" });
  expect((await auditOf(id)).map(({ action }) => action)).toEqual(["create", "delete"]);
  expect(await lastAuditOf(id)).toMatchObject({ entityLabel: name, changes: { name: { from: name, to: null } } });
});
`;

export const browserTest = ({ plural, view }: Names, label: Label) => `import { eq } from "drizzle-orm";
import { permissions } from "@/lib/db/schema/access";
import { expect, test } from "./fixtures";
import { addPerson, people } from "./support/people";

const path = "/admin/${plural.kebab}";

test("add, find, edit and delete", async ({ page, signInAs, unique }) => {
  const name = unique("Lighthouse");
  await signInAs(people.root);
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("${label.plural}");
  await page.getByRole("link", { name: "Add ${within(label.singular)}" }).first().click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByLabel("Due date").fill("2031-05-06");
  await page.getByRole("button", { name: "Add ${within(label.singular)}" }).click();
  await expect(page).toHaveURL(path);

  await page.getByRole("searchbox", { name: "Search" }).fill(name.toUpperCase());
  await page.getByRole("searchbox", { name: "Search" }).press("Enter");
  await expect(page).toHaveURL(/q=/);
  await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();

  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(\`\${name} renamed\`);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("link", { name: \`\${name} renamed\`, exact: true })).toBeVisible();

  await page.getByRole("link", { name: \`Delete \${name} renamed\` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(\`\${name} renamed was deleted.\`)).toBeVisible();
});

test("who may only look sees the list, and nothing to change it with", async ({ page, ctx, signInAs, unique }) => {
  const loginId = \`\${unique("reader")}@example.com\`;
  const mayLook = await ctx.db
    .select({ id: permissions.id })
    .from(permissions)
    .where(eq(permissions.token, "${view}"));
  await addPerson(ctx, loginId, { permissionIds: mayLook.map(({ id }) => id) });
  await signInAs(loginId);
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("${label.plural}");
  await expect(page.getByRole("link", { name: /^(Add|Edit|Delete)/ })).toHaveCount(0);
  expect((await page.goto(\`\${path}/add\`))?.status()).toBe(403);
});
`;
