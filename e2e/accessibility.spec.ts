import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { users } from "@/lib/db/schema/users";
import { findUserByLoginId } from "@/lib/users/service";
import { expect, logIn, test } from "./fixtures";
import { startIsolated } from "./support/isolated";
import { addPerson, people } from "./support/people";

const ANONYMOUS = ["/", "/login", "/logout", "/forgot-password", "/forgot-password?link=invalid"];
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
  "/admin/attempts",
  "/admin/locks",
  "/account",
  "/account/email",
  "/account/tokens",
  "/account/sign-in-again",
  "/account/confirm-email",
  "/admin/users/bulk?all=true&action=disable&from=%2Fadmin%2Fusers%3Fq%3Dperson-00",
  "/admin/users/bulk?all=true&action=addToGroup&from=%2Fadmin%2Fusers%3Fq%3Dperson-00",
  "/no/such/page",
];

async function expectAccessible(page: Page, path: string) {
  await page.goto(path);
  await expectAsItIs(page, path);
}

/** What takes longest by far. A narrow screen has the colours of a wide one, where they are looked at. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

const isPhone = () => test.info().project.name === "phone";

/** One of each layout: on a phone the others have nothing of their own but their width. */
const ALIKE_ON_A_PHONE = SIGNED_IN.filter(
  (path) => !/^\/admin\/users(\/add|\/bulk.*disable.*)?$|^\/account$/.test(path),
);

/** In the page itself, since without frames in it there is nothing for which to open another. */
const axe = (page: Page) => new AxeBuilder({ page }).setLegacyMode();

/** Shows the page in a theme as the cookie does (e2e/preferences.spec.ts). */
async function showIn(page: Page, theme: "light" | "dark") {
  await page.evaluate(async (name) => {
    document.documentElement.dataset.theme = name;
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  }, theme);
}

/** The page as it stands, with what was typed and what was answered. */
async function expectAsItIs(page: Page, path: string) {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  if (!isPhone() || !ALIKE_ON_A_PHONE.includes(path)) await expectNoViolations(page, path);
  // Nothing may be wider than the screen.
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${path} is too wide`).toBeLessThanOrEqual(0);
}

async function expectNoViolations(page: Page, path: string) {
  await showIn(page, "light");
  const all = axe(page).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
  const looks = [await (isPhone() ? all.disableRules(OF_COLOURS) : all).analyze()];
  if (!isPhone()) {
    // Nothing but the colours is another.
    await showIn(page, "dark");
    looks.push(await axe(page).withRules(OF_COLOURS).analyze());
  }
  const found = looks.flatMap(({ violations }, index) =>
    violations.map(
      ({ id, nodes }) =>
        `${path}, ${index === 0 ? "light" : "dark"}: ${id} ${nodes.map(({ html }) => html).join(" | ")}`,
    ),
  );
  expect(found).toEqual([]);
}

test("pages for everybody", async ({ page, ctx, unique }) => {
  for (const path of ANONYMOUS) await expectAccessible(page, path);
  const alert = page.getByRole("main").getByRole("alert");
  await page.goto("/forgot-password");
  await page.getByLabel("Email").fill("x");
  await page.getByRole("button", { name: "Send Reset Email" }).click();
  await expect(alert).toBeVisible();
  await expectAsItIs(page, "/forgot-password, refused");

  await page.goto("/login");
  await logIn(page, "x", "x");
  await expect(alert).toBeVisible();
  await expectAsItIs(page, "/login, refused");
  const unverified = `${unique("unverified")}@example.com`;
  const id = await addPerson(ctx, unverified);
  await ctx.db.update(users).set({ isVerified: false }).where(eq(users.id, id));
  await logIn(page, unverified);
  await expect(page.getByRole("button", { name: "Send the verification email again" })).toBeVisible();
  await expectAsItIs(page, "/login, unverified");
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
  expect((await axe(page).analyze()).violations).toEqual([]);
  await showIn(page, "dark");
  expect((await axe(page).analyze()).violations).toEqual([]);
});

test("the refusal page", async ({ page, signInAs }) => {
  await signInAs(people.plain);
  await expectAccessible(page, "/admin/users");
});

test("the page behind a mailed link, before and after a refusal", async ({ page }) => {
  const app = await startIsolated("accessibility");
  try {
    const [link = ""] = /http\S+$/.exec(app.auth(["create-user", "new@example.com"]).out) ?? [];
    await expectAccessible(page, link);
    await expect(page).toHaveURL(`${app.url}/verify-account`);
    await page.getByLabel("New password", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Verify & Set Password" }).click();
    await expect(page.getByText("Use at least 12 characters.")).toBeVisible();
    await expectAsItIs(page, "/verify-account, refused");
  } finally {
    await app.end();
  }
});
