import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { and, asc, eq, sql } from "drizzle-orm";
import { accounts, sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { expect, logIn, test } from "./fixtures";
import { clientOf } from "./support/api";
import { type Isolated, startIsolated } from "./support/isolated";
import { type IdentityProvider, profileOn, startIdentityProvider } from "./support/oidc/provider";
import { goToProvider, logInThere as logInByForm, visitor } from "./support/oidc/visitor";
import { addPerson, PASSWORD } from "./support/people";
import { freePort } from "./support/process";

/** Signing in at identity providers, as people see it. */

let site: Isolated;
/** Another server on the same database, whose /login leads on to a provider. */
let forwarding: string;
let corp: IdentityProvider;
let other: IdentityProvider;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const [corpPort, otherPort] = [await freePort(), await freePort()];
  const profiles = [
    profileOn(corpPort, "corp", { label: "Example Corp", domainFilter: "corp.example.com", autoCreate: true }),
    profileOn(otherPort, "other", { label: "Other", logoutAtProvider: true }),
  ];
  const settings = { OIDC_PROFILES: JSON.stringify(profiles), SMTP_URL: "smtp://127.0.0.1:1" };
  site = await startIsolated("oidc", settings);
  const redirecting = { LOGIN_AUTHENTICATOR: "redirect", REDIRECT_LOGIN_TARGET: "/login/corp" };
  forwarding = (await site.startAnother(redirecting)).url;
  const back = (name: string) => [site.url, forwarding].map((url) => `${url}/api/auth/callback/${name}`);
  corp = await startIdentityProvider({ port: corpPort, name: "corp", redirectUris: back("corp") });
  other = await startIdentityProvider({
    port: otherPort,
    name: "other",
    redirectUris: back("other"),
    postLogoutRedirectUris: [`${site.url}/login`],
  });
});

test.afterAll(async () => {
  await Promise.all([corp?.stop(), other?.stop()]);
  await site?.end();
});

let people = 0;
const newName = (domain = "example.org") => {
  people += 1;
  return `sso-${people}@${domain}`;
};

/** What the provider's own form asks. */
async function logInThere(page: Page, login: string): Promise<void> {
  await expect(page.locator("input[name=login]")).toBeVisible();
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
}

const providerButton = (page: Page, name: string) =>
  page.getByRole("button", { name: new RegExp(`Continue with ${name}`) });

/** Not the place in which Next.js announces pages to screen readers. */
const alertOn = (page: Page) => page.getByRole("main").getByRole("alert");

async function violationsOn(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]);
  return (await axe.analyze()).violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" | ")}`);
}

test("by the button of each of two providers, to where one wanted to go", async ({ page }) => {
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const [atCorp, atOther] = [newName("corp.example.com"), newName()];
  await addPerson(site.ctx(), atOther);

  await page.goto(`${site.url}/account`);
  await expect(page).toHaveURL(/\/login\?next=%2Faccount/);
  expect(await violationsOn(page)).toEqual([]);
  await providerButton(page, "Example Corp").click();
  await logInThere(page, atCorp);
  await expect(page).toHaveURL(`${site.url}/account`);
  await expect(page.getByText("Login successful.")).toBeVisible();
  await expect(page.getByRole("main").getByText(atCorp).first()).toBeVisible();
  await expect(page.getByText("Example Corp").first()).toBeVisible();
  expect(await violationsOn(page)).toEqual([]);
  expect(await site.ctx().db.select({ provider: sessions.provider }).from(sessions)).toEqual([{ provider: "corp" }]);

  await page.goto(`${site.url}/logout`);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(`${site.url}/login`);
  await expect(providerButton(page, "Example Corp")).toContainText("Last used");
  await expect(providerButton(page, "Other")).not.toContainText("Last used");

  // By keyboard.
  await providerButton(page, "Other").focus();
  await page.keyboard.press("Enter");
  await logInThere(page, atOther);
  await expect(page).toHaveURL(`${site.url}/`);
  await expect(page.getByText(`Welcome, ${atOther}`)).toBeVisible();
  // Icons of the providers' pages are not there.
  expect(errors.filter((text) => !/404|ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
});

test("without scripts as well", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "es-ES" });
  const page = await context.newPage();
  const login = newName("corp.example.com");
  await page.goto(`${site.url}/login?next=%2Faccount`);
  await page.getByRole("button", { name: "Continuar con Example Corp" }).click();
  await logInThere(page, login);
  await expect(page).toHaveURL(`${site.url}/account`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Su cuenta");
  await context.close();
});

test("an address that leads to a provider asks first, and an unknown one is not found", async ({ page }) => {
  const before = { ...corp.requests };
  await page.goto(`${site.url}/login/corp?next=%2Faccount`);
  await expect(page.getByText("You will be taken to Example Corp to log in there")).toBeVisible();
  expect(await violationsOn(page)).toEqual([]);
  expect((await page.context().cookies()).map(({ name }) => name).filter((name) => name.startsWith("authjs."))).toEqual(
    [],
  );
  expect(corp.requests).toEqual(before);
  await expect(page.getByRole("link", { name: "Other ways to log in" })).toHaveAttribute(
    "href",
    "/login?next=%2Faccount",
  );
  await providerButton(page, "Example Corp").click();
  await logInThere(page, newName("corp.example.com"));
  await expect(page).toHaveURL(`${site.url}/account`);

  expect((await page.goto(`${site.url}/login/nobody`))?.status()).toBe(404);
  expect((await clientOf(site.url)("POST", "/login/nobody", { body: "next=%2F" })).status).toBe(404);
});

test("whoever thinks better of it finds the way back, and where they wanted to go", async ({ page }) => {
  await page.goto(`${site.url}/login?next=%2Faccount`);
  await providerButton(page, "Example Corp").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/login\?error=cancelled&with=corp&next=%2Faccount/);
  await expect(alertOn(page)).toHaveText(/^You did not finish logging in with Example Corp\./);
  await providerButton(page, "Example Corp").click();
  await logInThere(page, newName("corp.example.com"));
  await expect(page).toHaveURL(`${site.url}/account`);
});

test("nobody else starts a sign-in, and no header changes where it comes back", async () => {
  const client = clientOf(site.url);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const origin of ["https://evil.example.com", "null", `${site.url}.evil.example.com`]) {
    const answer = await client("POST", "/login/corp", { body: "next=%2F", headers: { ...form, origin } });
    expect([answer.status, answer.headers.getSetCookie().filter((line) => line.startsWith("authjs."))]).toEqual([
      403,
      [],
    ]);
  }
  const headers = { ...form, "x-forwarded-host": "evil.example.com", forwarded: "host=evil.example.com" };
  const { status, headers: given } = await client("POST", "/login/corp", { body: "next=%2F", headers });
  const location = new URL(given.get("location") ?? "");
  expect([status, location.origin]).toEqual([303, corp.issuer]);
  expect(location.searchParams.get("redirect_uri")).toBe(`${site.url}/api/auth/callback/corp`);
  expect(location.searchParams.get("code_challenge_method")).toBe("S256");
});

for (const next of [
  "//evil.example.com",
  "/\\evil.example.com",
  "\\\\evil.example.com",
  "https:evil.example.com",
  "https://evil.example.com",
  "javascript:alert(1)",
  "/\t/evil.example.com",
  "/account/../..//evil.example.com",
  `/${"x".repeat(8192)}`,
]) {
  test(`no way back leads elsewhere: ${JSON.stringify(next).slice(0, 40)}`, async () => {
    const cookies = next.length > 100 ? [undefined] : [undefined, next, `${site.url}${next}`, `${site.url}/${next}`];
    for (const cookie of cookies) {
      const who = visitor();
      const form = await goToProvider(who, site.url, "corp", next);
      // As somebody might have written it.
      if (cookie !== undefined) who.cookies.get("localhost")?.set("authjs.callback-url", encodeURIComponent(cookie));
      const { status, url } = await who.follow(await logInByForm(who, form, newName("corp.example.com")));
      expect([new URL(url).origin, status < 500]).toEqual([site.url, true]);
      expect(who.cookies.get("localhost")?.has("gatehouse-session")).toBe(true);
    }
  });
}

test("nonsense in the cookies and the query of Auth.js stops nobody", async ({ page }) => {
  const loginId = newName();
  await addPerson(site.ctx(), loginId);
  await page.context().addCookies([{ name: "authjs.callback-url", value: "%E0%A4%A", url: site.url }]);
  await page.goto(`${site.url}/login?next=%2Faccount`);
  await logIn(page, loginId);
  await expect(page.getByText("Login successful.")).toBeVisible();
  await expect(page).toHaveURL(`${site.url}/account`);
  const answer = await clientOf(site.url)("GET", "/api/auth/providers?callbackUrl=nonsense");
  expect([answer.status, Object.keys(answer.json)]).toEqual([200, ["password", "corp", "other"]]);
});

test.describe("on the account page", () => {
  const identitiesOf = (userId: string) => site.ctx().db.select().from(accounts).where(eq(accounts.userId, userId));

  const auditOf = async (entityId: string) =>
    (
      await site
        .ctx()
        .db.select({ action: auditEvents.action })
        .from(auditEvents)
        .where(and(eq(auditEvents.entityId, entityId), eq(auditEvents.entity, "users")))
        .orderBy(asc(auditEvents.id))
    ).map(({ action }) => action);

  /** Makes the sessions of a user as old as those of people who have been away. */
  const age = (userId: string) =>
    site
      .ctx()
      .db.update(sessions)
      .set({ createdAt: sql`now() - interval '1 hour'` })
      .where(eq(sessions.userId, userId));

  async function signedInByPassword(page: Page, loginId = newName()) {
    const id = await addPerson(site.ctx(), loginId);
    await page.goto(`${site.url}/login?next=%2Faccount`);
    await logIn(page, loginId);
    await expect(page).toHaveURL(`${site.url}/account`);
    return { id, loginId };
  }

  test("a provider is connected, used, and disconnected", async ({ page }) => {
    const { id, loginId } = await signedInByPassword(page);
    await page.getByRole("button", { name: "Connect Other" }).click();
    await logInThere(page, "quite-another-name");
    await expect(page).toHaveURL(`${site.url}/account`);
    await expect(page.getByText("Other is connected.")).toBeVisible();
    expect(await identitiesOf(id)).toMatchObject([{ subject: "quite-another-name", provider: "other" }]);

    await page.context().clearCookies();
    await page.goto(`${site.url}/login?next=%2Faccount`);
    await providerButton(page, "Other").click();
    await logInThere(page, "quite-another-name");
    await expect(page.getByRole("main").getByText(loginId).first()).toBeVisible();

    await page.getByRole("button", { name: "Disconnect Other" }).click();
    await expect(page.getByText("Other is not connected any more.")).toBeVisible();
    expect(await identitiesOf(id)).toEqual([]);
    expect((await auditOf(id)).filter((action) => /connect/.test(action))).toEqual(["connect", "disconnect"]);
  });

  test("it takes a fresh session, which somebody without a password gets by the provider", async ({ page }) => {
    const loginId = newName("corp.example.com");
    await page.goto(`${site.url}/login?next=%2Faccount`);
    await providerButton(page, "Example Corp").click();
    await logInThere(page, loginId);
    await expect(page).toHaveURL(`${site.url}/account`);
    const [session] = await site
      .ctx()
      .db.select()
      .from(sessions)
      .where(eq(sessions.provider, "corp"))
      .orderBy(sql`${sessions.createdAt} desc`)
      .limit(1);
    const id = session?.userId ?? "";
    await age(id);

    await page.getByRole("button", { name: "Disconnect Example Corp" }).click();
    await expect(page).toHaveURL(/\/account\/sign-in-again\?next=%2Faccount/);
    await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole("button", { name: "Go on with Example Corp" }).click();
    // The provider knows the browser, and asks all the same.
    await logInThere(page, loginId);
    await expect(page).toHaveURL(`${site.url}/account`);
    await page.getByRole("button", { name: "Disconnect Example Corp" }).click();
    await expect(page.getByText("Example Corp is not connected any more.")).toBeVisible();
  });

  test("whoever thinks better of it there is told so, and is still who they were", async ({ page }) => {
    const { id, loginId } = await signedInByPassword(page);
    await page.getByRole("button", { name: "Connect Other" }).click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(page).toHaveURL(`${site.url}/account`);
    await expect(alertOn(page)).toHaveText(/^Other could not be connected:/);
    await expect(page.getByRole("main").getByText(loginId).first()).toBeVisible();
    expect(await identitiesOf(id)).toEqual([]);

    await site
      .ctx()
      .db.insert(accounts)
      .values({ issuer: other.issuer, subject: loginId, userId: id, provider: "other" });
    await page.goto(`${site.url}/account/sign-in-again?next=%2Faccount`);
    await page.getByRole("button", { name: "Go on with Other" }).click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(alertOn(page)).toHaveText(/^Going on with Other did not work\./);
  });

  test("connecting takes one too", async ({ page }) => {
    const { id } = await signedInByPassword(page);
    await age(id);
    await page.getByRole("button", { name: "Connect Other" }).click();
    await expect(page).toHaveURL(/\/account\/sign-in-again\?next=%2Faccount/);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await expect(page).toHaveURL(`${site.url}/account`);
    await page.getByRole("button", { name: "Connect Other" }).click();
    await logInThere(page, "after-signing-in-again");
    await expect(page.getByText("Other is connected.")).toBeVisible();
    expect(await identitiesOf(id)).toHaveLength(1);
  });

  test("the only way in stays, and what is somebody else's cannot be taken", async ({ page }) => {
    const loginId = newName();
    const id = await addPerson(site.ctx(), loginId, { password: "" });
    await site.ctx().db.execute(sql`update users set is_verified = true where id = ${id}`);
    await page.goto(`${site.url}/login?next=%2Faccount`);
    await providerButton(page, "Other").click();
    await logInThere(page, loginId);
    await page.getByRole("button", { name: "Disconnect Other" }).click();
    await expect(alertOn(page)).toHaveText("That is your only way to log in, so it stays connected.");
    expect(await identitiesOf(id)).toHaveLength(1);

    await page.context().clearCookies();
    const thief = await signedInByPassword(page);
    await page.getByRole("button", { name: "Connect Other" }).click();
    await logInThere(page, loginId);
    await expect(alertOn(page)).toHaveText(/^Other could not be connected:/);
    expect(await identitiesOf(thief.id)).toEqual([]);
    expect(await identitiesOf(id)).toHaveLength(1);
  });

  test("nothing is connected by the way: whoever signs in as somebody else is somebody else", async ({ page }) => {
    const first = await signedInByPassword(page);
    const second = newName();
    const secondId = await addPerson(site.ctx(), second);
    // Asked for once, and then thought better of it.
    await page.getByRole("button", { name: "Connect Other" }).click();
    await expect(page.locator("input[name=login]")).toBeVisible();
    await page.goto(`${site.url}/login/other?next=%2Faccount`);
    await providerButton(page, "Other").click();
    await logInThere(page, second);
    await expect(page.getByRole("main").getByText(second).first()).toBeVisible();
    expect(await identitiesOf(first.id)).toEqual([]);
    expect(await identitiesOf(secondId)).toHaveLength(1);
    // The session from before has ended with it.
    expect(await site.ctx().db.select().from(sessions).where(eq(sessions.userId, first.id))).toEqual([]);
  });

  test("people of a claimed domain are offered its profile only", async ({ page }) => {
    await page.goto(`${site.url}/login?next=%2Faccount`);
    await providerButton(page, "Example Corp").click();
    await logInThere(page, newName("corp.example.com"));
    await expect(page.getByRole("button", { name: /^Connect / })).toHaveCount(0);
    await expect(page.getByText("Your account has no password here")).toBeVisible();
    await expect(page.getByRole("link", { name: "Change your email address" })).toHaveCount(0);
  });
});

test("logging out ends the session at the provider too where the profile says so", async ({ page }) => {
  const loginId = newName();
  await addPerson(site.ctx(), loginId);
  await page.goto(`${site.url}/login`);
  await providerButton(page, "Other").click();
  await logInThere(page, loginId);
  await expect(page.getByText(`Welcome, ${loginId}`)).toBeVisible();
  await page.goto(`${site.url}/logout`);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(new RegExp(`^${other.issuer}/session/end`));
  await page.getByRole("button", { name: /yes/i }).click();
  await expect(page).toHaveURL(`${site.url}/login`);
  await expect(page.getByText("You have been logged out.")).toBeVisible();
  // Nobody is known there any more.
  await providerButton(page, "Other").click();
  await expect(page.locator("input[name=login]")).toBeVisible();
});

test.describe("where /login leads on to a provider", () => {
  test("it does at once, and back to where one wanted to go", async ({ page }) => {
    await page.goto(`${forwarding}/account`);
    await logInThere(page, newName("corp.example.com"));
    await expect(page).toHaveURL(`${forwarding}/account`);
    await expect(page.getByText("Login successful.")).toBeVisible();

    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page).toHaveURL(`${forwarding}/login`);
    await expect(page.getByText("You have been logged out.")).toBeVisible();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole("link", { name: "Log in" }).click();
    // The provider still knows who it is.
    await expect(page).toHaveURL(`${forwarding}/`);
  });

  test("what goes wrong there ends on a page, not in a circle", async ({ page }) => {
    await page.goto(`${forwarding}/login?next=%2Faccount`);
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(alertOn(page)).toHaveText(/^You did not finish logging in with Example Corp\./);
    await page.getByRole("link", { name: "Log in" }).click();
    await logInThere(page, newName("corp.example.com"));
    await expect(page).toHaveURL(`${forwarding}/account`);
  });

  test("there is nothing to do with a password, nor for who only looks ahead", async () => {
    const client = clientOf(forwarding);
    for (const path of ["/forgot-password", "/reset-password", "/verify-account"]) {
      expect([path, (await client("GET", path)).status]).toEqual([path, 404]);
    }
    const { headers: given, json } = await client("GET", "/api/auth/csrf");
    const cookie = given
      .getSetCookie()
      .map((line) => line.replace(/;.*/, ""))
      .join("; ");
    const body = String(
      new URLSearchParams({ csrfToken: String(json.csrfToken), loginId: "a@b.org", password: PASSWORD }),
    );
    const headers = { cookie, "content-type": "application/x-www-form-urlencoded" };
    for (const provider of ["password", "ldap", "redirect", "credentials"]) {
      const { status, headers: answered } = await client("POST", `/api/auth/callback/${provider}`, { body, headers });
      expect(status).toBeLessThan(500);
      expect(answered.getSetCookie().filter((line) => line.startsWith("gatehouse-session="))).toEqual([]);
    }
    const before = { ...corp.requests };
    const prefetch = { rsc: "1", "next-router-prefetch": "1" };
    const ahead = await client("GET", "/login/corp", { headers: prefetch });
    expect(ahead.headers.getSetCookie().filter((line) => line.startsWith("authjs."))).toEqual([]);
    expect(corp.requests).toEqual(before);
  });
});
