import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { findUserByLoginId } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { people } from "./support/people";

const ANONYMOUS = ["/", "/login", "/logout"];
const SIGNED_IN = [
  "/",
  "/admin/users",
  "/admin/users?isEnabled=true&q=person",
  "/admin/users?q=nothing-matches-this",
  "/admin/users/add",
  "/admin/groups",
  "/admin/groups/add",
  "/admin/bundles",
  "/admin/bundles/add",
  "/admin/permissions",
  "/admin/audit",
  "/account",
  "/account/email",
  "/account/sign-in-again",
  "/admin/users/bulk?all=true&action=disable&from=%2Fadmin%2Fusers%3Fq%3Dperson-00",
  "/admin/users/bulk?all=true&action=addToGroup&from=%2Fadmin%2Fusers%3Fq%3Dperson-00",
  "/no/such/page",
];
const THEMES = ["light", "dark"] as const;

async function expectAccessible(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${path}: ${id} ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(found).toEqual([]);
  // Nothing may be wider than the screen.
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${path} is too wide`).toBeLessThanOrEqual(0);
}

for (const theme of THEMES) {
  test.describe(theme, () => {
    test.beforeEach(async ({ context, baseURL }) => {
      await context.addCookies([{ name: "gatehouse-theme", value: theme, url: baseURL ?? "" }]);
    });

    test("pages for everybody", async ({ page }) => {
      for (const path of ANONYMOUS) await expectAccessible(page, path);
      await page.goto("/login");
      await page.locator("[name=loginId]").fill("x");
      await page.locator("[name=password]").fill("x");
      await page.getByRole("button", { name: "Log in" }).click();
      await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });

    test("pages of the admin", async ({ page, ctx, signInAs }) => {
      test.slow();
      await signInAs(people.root);
      for (const path of SIGNED_IN) await expectAccessible(page, path);
      const user = await findUserByLoginId(ctx, "person-001@example.org");
      for (const tab of ["edit", "access", "history", "delete"]) {
        await expectAccessible(page, `/admin/users/${user?.id}/${tab}`);
      }
      await page.goto("/admin/users?q=person-001");
      await page.getByRole("link", { name: /^Delete/ }).click();
      await expect(page.getByRole("dialog").getByText("This cannot be undone")).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });

    test("the refusal page", async ({ page, signInAs }) => {
      await signInAs(people.plain);
      await expectAccessible(page, "/admin/users");
    });
  });
}
