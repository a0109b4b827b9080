import { eq } from "drizzle-orm";
import { users } from "@/lib/db/schema/users";
import { expect, logIn, test } from "./fixtures";
import { addPerson, PASSWORD, people } from "./support/people";

const COOKIE = "gatehouse-session";

test("a guarded page leads through the login page and back", async ({ page }) => {
  await page.goto("/admin/users?q=person-001");
  await expect(page).toHaveURL("/login?next=%2Fadmin%2Fusers%3Fq%3Dperson-001");
  await expect(page.getByRole("status")).toHaveText("Please log in to access this page.");
  await logIn(page, people.root);
  await expect(page).toHaveURL("/admin/users?q=person-001");
  await expect(page.getByText("Login successful.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("Login successful.")).toBeHidden();
});

test("every refusal before the right password looks the same", async ({ page, ctx, unique }) => {
  const disabled = `${unique("disabled")}@example.com`;
  await addPerson(ctx, disabled);
  await ctx.db.update(users).set({ isEnabled: false }).where(eq(users.loginId, disabled));
  const answers: string[] = [];
  for (const loginId of [people.root, `${unique("nobody")}@example.com`, disabled, "not an address"]) {
    await page.goto("/login");
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await logIn(page, loginId, "not the password");
    const alert = page.getByRole("main").getByRole("alert");
    await expect(alert).toBeVisible();
    answers.push(`${(await answered).status()} ${await alert.textContent()}`);
    // What was typed is still there; the password is not.
    await expect(page.locator("[name=loginId]")).toHaveValue(loginId);
    await expect(page.locator("[name=password]")).toHaveValue("");
  }
  expect(new Set(answers).size).toBe(1);

  await logIn(page, disabled, PASSWORD);
  await expect(page.getByText("This account has been disabled.")).toBeVisible();
});

test("the login id may be typed in any spelling", async ({ page, ctx, unique }) => {
  const loginId = `${unique("Ann")}@Example.com`;
  await addPerson(ctx, loginId);
  await page.goto("/login");
  await logIn(page, `  ${loginId.toUpperCase()} `);
  await expect(page).toHaveURL("/");
  const [user] = await ctx.db.select().from(users).where(eq(users.loginId, loginId));
  expect(user?.lastLoginAt).not.toBeNull();
});

test("a session cookie from before the login is not the one after it", async ({ page, context, baseURL }) => {
  const planted = "A".repeat(43);
  await context.addCookies([{ name: COOKIE, value: planted, url: baseURL ?? "" }]);
  await page.goto("/login");
  await logIn(page, people.plain);
  await expect(page).toHaveURL("/");
  const cookie = (await context.cookies()).find(({ name }) => name === COOKIE);
  expect(cookie?.value).toMatch(/^[\w-]{43}$/);
  expect(cookie?.value).not.toBe(planted);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
});

test("after logging out the old cookie opens nothing", async ({ page, context }) => {
  await page.goto("/login");
  await logIn(page, people.plain);
  await expect(page).toHaveURL("/");
  const old = (await context.cookies()).filter(({ name }) => name === COOKIE);
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  await expect(page.getByText("You have been logged out.")).toBeVisible();
  expect((await context.cookies()).some(({ name }) => name === COOKIE)).toBe(false);

  await context.addCookies(old);
  expect((await page.request.get("/api/me")).status()).toBe(401);
  await page.goto("/admin/users");
  await expect(page).toHaveURL(/\/login/);
});

test("logging out has the browser forget what it keeps of the site", async ({ request, baseURL }) => {
  const headers = { origin: baseURL ?? "" };
  const answer = await request.post("/logout", { headers, form: {}, maxRedirects: 0 });
  expect([answer.status(), answer.headers()["clear-site-data"]]).toEqual([303, '"cache", "storage"']);
});

test("GET /logout asks first", async ({ page, signInAs }) => {
  await signInAs(people.plain);
  await page.goto("/logout");
  expect((await page.request.get("/api/me")).status()).toBe(200);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  expect((await page.request.get("/api/me")).status()).toBe(401);
});

for (const next of [
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
]) {
  test(`next=${JSON.stringify(next)} leads home`, async ({ page, baseURL }) => {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await logIn(page, people.plain);
    await expect(page).toHaveURL(`${baseURL}/`);
  });
}

test("Auth.js' own endpoint obeys the same rules", async ({ request, baseURL }) => {
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  const post = (password: string) =>
    request.post("/api/auth/callback/password", {
      headers: { origin: baseURL ?? "" },
      form: { csrfToken, loginId: people.plain, password, json: "true" },
      maxRedirects: 0,
    });
  const refused = await post("not the password");
  expect(refused.headers().location ?? (await refused.json()).url).toContain("error=CredentialsSignin");
  expect((await request.get("/api/me")).status()).toBe(401);
  await post(PASSWORD);
  expect((await request.get("/api/me")).status()).toBe(200);
});

test("POST /logout needs no particular content type", async ({ page, signInAs, baseURL }) => {
  for (const type of [undefined, "application/json", "Application/X-WWW-Form-Urlencoded"]) {
    await signInAs(people.plain);
    const headers = { origin: baseURL ?? "", ...(type && { "content-type": type }) };
    const response = await page.request.post("/logout", { headers, maxRedirects: 0 });
    expect(response.status()).toBe(303);
    expect(response.headers().location).toBe("/login");
    expect((await page.request.get("/api/me")).status()).toBe(401);
  }
});

test("what Auth.js has to say is told for what it is", async ({ page }) => {
  await page.goto("/login?error=CredentialsSignin&code=disabled");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("has been disabled");
  await page.goto("/login?error=Configuration");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("not possible right now");
});

test("the way to a new password, and back", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("link", { name: "I forgot my password" }).click();
  await expect(page).toHaveURL("/forgot-password");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Initiate Password Reset");
  await expect(page.getByRole("textbox", { name: "Email" })).toHaveAttribute("name", "email");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL("/login");
});
