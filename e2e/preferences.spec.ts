import { eq } from "drizzle-orm";
import { users } from "@/lib/db/schema/users";
import { expect, test } from "./fixtures";
import { addPerson, people } from "./support/people";

test("Spanish and dark are remembered, and what was typed survives the switch", async ({
  page,
  ctx,
  signInAs,
  unique,
}) => {
  const loginId = `${unique("ana")}@example.com`;
  await addPerson(ctx, loginId, { isSuperuser: true });
  await signInAs(loginId);
  await page.goto("/admin/groups/add");
  await page.getByLabel("Name", { exact: true }).fill("Half typed");
  // Before the scripts run, the switch is a plain post that loads the page anew.
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Español" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Añadir grupo");
  await expect(page.getByLabel("Nombre", { exact: true })).toHaveValue("Half typed");
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await page.getByRole("button", { name: "Oscura" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/admin/users");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Usuarios");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const [user] = await ctx.db.select().from(users).where(eq(users.loginId, loginId));
  expect(user?.locale).toBe("es");
});

test("the language follows cookie, then the user's choice, then the browser", async ({
  browser,
  ctx,
  signInAs,
  unique,
  baseURL,
}) => {
  const loginId = `${unique("eva")}@example.com`;
  const id = await addPerson(ctx, loginId);
  const context = await browser.newContext({ baseURL: baseURL ?? "", locale: "es-MX" });
  const page = await context.newPage();
  await page.goto("/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Iniciar sesión");
  await ctx.db.update(users).set({ locale: "en" }).where(eq(users.id, id));
  await signInAs(loginId, context);
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await context.addCookies([{ name: "gatehouse-locale", value: "es", url: baseURL ?? "" }]);
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await context.close();
});

test("an unknown or broken Accept-Language ends in English", async ({ request }) => {
  for (const language of ["*", "tlh", "en;q=abc", ",,;;", "x".repeat(5000)]) {
    const response = await request.get("/login", { headers: { "accept-language": language } });
    expect(response.status()).toBe(200);
    expect(await response.text()).toContain('<html lang="en"');
  }
});

test("the menu closes on Escape and gives the focus back", async ({ page, signInAs }) => {
  await signInAs(people.plain);
  await page.goto("/");
  const opener = page.getByRole("button", { name: "Account menu" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Log out" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Log out" })).toBeHidden();
  await expect(opener).toBeFocused();
});
