import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { eq, isNull, sql } from "drizzle-orm";
import { sessions } from "@/lib/db/schema/auth";
import { mailOutbox } from "@/lib/db/schema/events";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { type Isolated, startIsolated } from "./support/isolated";
import { addUnverified, linkIn, type Postbox, resendPostbox, signIn, smtpPostbox, tokenOf } from "./support/mail";
import { addPerson, PASSWORD } from "./support/people";

const FIRST = "four ducks cross the pond";
const SECOND = "three geese left the lake";

const english = {
  locale: "en-US",
  add: "Add user",
  sendWelcome: "Send welcome email",
  added: "was added.",
  login: "Log in",
  signedIn: "Login successful.",
  wrong: "That login and password do not belong together.",
  verify: {
    subject: "[Gatehouse] User Welcome & Verification",
    mail: "has created the account",
    title: "Verify Account & Set Password",
    submit: "Verify & Set Password",
    done: "Account verified & password set. Please use the new password to login below.",
  },
  forgot: "I forgot my password",
  send: "Send Reset Email",
  sent: "Please check your email for the link to change your password.",
  reset: {
    subject: "[Gatehouse] Password Reset Link",
    mail: "Somebody asked to reset your password on Gatehouse",
    title: "Complete Password Reset",
    submit: "Change Password",
    done: "Password changed. Please use the new password to login below.",
  },
  notice: { subject: "[Gatehouse] Your password was changed", mail: "choose a new password at once" },
};

type Words = typeof english;

const spanish: Words = {
  locale: "es-ES",
  add: "Añadir usuario",
  sendWelcome: "Enviar correo de bienvenida",
  added: "Se ha añadido",
  login: "Iniciar sesión",
  signedIn: "Ha iniciado sesión.",
  wrong: "El usuario o la contraseña no son correctos.",
  verify: {
    subject: "[Gatehouse] Bienvenida y verificación del usuario",
    mail: "ha creado para usted la cuenta",
    title: "Verificar la cuenta y elegir contraseña",
    submit: "Verificar y guardar la contraseña",
    done: "Cuenta verificada y contraseña establecida. Use la nueva contraseña para iniciar sesión abajo.",
  },
  forgot: "Olvidé mi contraseña",
  send: "Enviar el correo",
  sent: "Revise su correo: allí está el enlace para cambiar la contraseña.",
  reset: {
    subject: "[Gatehouse] Enlace para restablecer la contraseña",
    mail: "Alguien ha pedido restablecer su contraseña en Gatehouse",
    title: "Completar el cambio de contraseña",
    submit: "Cambiar la contraseña",
    done: "Contraseña cambiada. Use la nueva contraseña para iniciar sesión abajo.",
  },
  notice: { subject: "[Gatehouse] Su contraseña ha cambiado", mail: "elija de inmediato una contraseña nueva" },
};

/** A server, and where its mails arrive. */
type Site = Isolated & { postbox: Postbox; rootId: string };

async function startSite(name: string, postbox: Postbox): Promise<Site> {
  const isolated = await startIsolated(name, { ...postbox.settings, ATTEMPT_LIMIT_ENABLED: "false" });
  const rootId = await addPerson(isolated.ctx(), "root@example.com", { isSuperuser: true });
  return { ...isolated, postbox, rootId };
}

async function endSite({ end, postbox }: Site): Promise<void> {
  await end();
  await postbox.end();
}

/** Every mail has gone out and was read by a test, and nothing went wrong. */
async function expectNothingLeft({ ctx, postbox, server }: Site): Promise<void> {
  const waiting = () =>
    ctx()
      .db.select({ kind: mailOutbox.kind, error: mailOutbox.lastError })
      .from(mailOutbox)
      .where(isNull(mailOutbox.sentAt));
  await expect.poll(waiting).toEqual([]);
  expect(postbox.unread()).toEqual([]);
  expect(server.output()).not.toMatch(/error|\[mail\]/i);
}

async function newPage(browser: Browser, { url }: Site, options: BrowserContextOptions): Promise<Page> {
  return (await browser.newContext({ baseURL: url, ...options })).newPage();
}

async function newRootPage(browser: Browser, site: Site, options: BrowserContextOptions): Promise<Page> {
  const page = await newPage(browser, site, options);
  await signIn(page.context(), site, site.rootId);
  return page;
}

const alertOn = (page: Page) => page.getByRole("main").getByRole("alert");
/** The message above what else has a status, such as the number of entries. */
const statusOn = (page: Page) => page.getByRole("main").getByRole("status").first();

async function logIn(page: Page, words: Words, loginId: string, password: string): Promise<void> {
  await page.locator("[name=loginId]").fill(loginId);
  await page.locator("[name=password]").fill(password);
  await page.getByRole("button", { name: words.login, exact: true }).click();
}

/** Follows the link of a mail to the form behind it, and sets a password there. */
async function followLink(
  page: Page,
  { verify, reset, ...site }: Words & Site,
  purpose: "verify" | "reset",
  loginId: string,
  password: string,
): Promise<void> {
  const words = purpose === "verify" ? verify : reset;
  const path = purpose === "verify" ? "/verify-account" : "/reset-password";
  const mail = await site.postbox.next(loginId);
  expect(mail.subject).toBe(words.subject);
  expect(mail.text).toContain(words.mail);
  expect(mail.html).toContain(linkIn(mail));
  const link = linkIn(mail);
  expect(link.startsWith(`${site.url}${path}/`)).toBe(true);

  await page.goto(link);
  expect(page.url()).toBe(`${site.url}${path}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.title);
  expect(await page.content()).not.toContain(tokenOf(link));
  await page.locator("[name=password]").fill(password);
  await page.locator("[name=confirm]").fill(password);
  await page.getByRole("button", { name: words.submit }).click();
  await expect(page).toHaveURL("/login");
  await expect(statusOn(page)).toHaveText(words.done);
}

async function addInAdmin(page: Page, words: Words, loginId: string): Promise<void> {
  await page.goto("/admin/users/add");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.add);
  await expect(page.locator("[name=password], [name=confirm]")).toHaveCount(0);
  await expect(page.getByLabel(words.sendWelcome)).toBeChecked();
  await page.locator("[name=loginId]").fill(loginId);
  await page.locator("form:has([name=loginId]) button[type=submit]").click();
  await expect(statusOn(page)).toContainText(words.added);
}

async function askForReset(page: Page, words: Words, loginId: string): Promise<void> {
  await page.goto("/login");
  await page.getByRole("link", { name: words.forgot }).click();
  await expect(page).toHaveURL("/forgot-password");
  await page.locator("[name=email]").fill(loginId);
  await page.getByRole("button", { name: words.send, exact: true }).click();
  await expect(page).toHaveURL("/login");
  await expect(statusOn(page)).toHaveText(words.sent);
}

async function expectNotice({ postbox }: Site, words: Words, loginId: string): Promise<void> {
  const notice = await postbox.next(loginId);
  expect(notice.subject).toBe(words.notice.subject);
  expect(notice.text).toContain(words.notice.mail);
  expect(notice.text).not.toMatch(/https?:/);
}

/** From the administrator who adds somebody, to that person's second password. */
async function wholeJourney(browser: Browser, site: Site, words: Words, loginId: string): Promise<void> {
  const { locale } = words;
  const root = await newRootPage(browser, site, { locale });
  await addInAdmin(root, words, loginId);
  const first = await newPage(browser, site, { locale });
  await followLink(first, { ...words, ...site }, "verify", loginId, FIRST);
  await logIn(first, words, loginId, FIRST);
  await expect(first).toHaveURL("/");
  await expect(statusOn(first)).toHaveText(words.signedIn);

  const second = await newPage(browser, site, { locale });
  await askForReset(second, words, loginId);
  await followLink(second, { ...words, ...site }, "reset", loginId, SECOND);
  await first.goto("/account");
  await expect(first).toHaveURL(/\/login\?/);
  await logIn(first, words, loginId, FIRST);
  await expect(alertOn(first)).toContainText(words.wrong);
  await logIn(first, words, loginId, SECOND);
  await expect(first).toHaveURL("/account");
  await expectNotice(site, words, loginId);
  await Promise.all([root, first, second].map((page) => page.context().close()));
}

/** From the welcome to the second password, in one browser. */
async function shortJourney(
  browser: Browser,
  site: Site,
  loginId: string,
  options: BrowserContextOptions = {},
): Promise<void> {
  await createUser(site.ctx(), { ...newUser, loginId, sendWelcome: true });
  const page = await newPage(browser, site, options);
  await followLink(page, { ...english, ...site }, "verify", loginId, FIRST);
  await askForReset(page, english, loginId);
  await followLink(page, { ...english, ...site }, "reset", loginId, SECOND);
  await logIn(page, english, loginId, SECOND);
  await expect(page).toHaveURL("/");
  await expectNotice(site, english, loginId);
  await page.context().close();
}

test.describe.configure({ mode: "serial" });

test.describe("by SMTP", () => {
  let site: Site;

  test.beforeAll(async () => {
    site = await startSite("mail_smtp", await smtpPostbox());
  });

  test.afterAll(() => endSite(site));

  test("welcome, verify, forget and reset, in English", ({ browser }) =>
    wholeJourney(browser, site, english, "ann@example.com"));

  test("welcome, verify, forget and reset, in Spanish", ({ browser }) =>
    wholeJourney(browser, site, spanish, "ana@example.com"));

  test("verify, forget and reset without scripts", ({ browser }) =>
    shortJourney(browser, site, "amy@example.com", { javaScriptEnabled: false }));

  test("whoever knows the password of an unverified account can ask for the mail again", async ({ browser }) => {
    const loginId = "ulla@example.com";
    await addUnverified(site, loginId);
    const page = await newPage(browser, site, {});
    const resend = page.getByRole("button", { name: /^Send the verification email again/ });
    await page.clock.install();
    await page.goto("/login");
    await logIn(page, english, loginId, "not the password");
    await expect(alertOn(page)).toContainText(english.wrong);
    await expect(resend).toHaveCount(0);
    await logIn(page, english, loginId, PASSWORD);
    await expect(alertOn(page)).toContainText(`The user account “${loginId}” has an unverified email address.`);
    await resend.click();
    await expect(statusOn(page)).toHaveText("We have sent you a new verification link. Please check your email.");
    await expect(resend).toBeDisabled();
    await expect(resend).toContainText(/\((60|59|58|57)\ss\)/);
    await page.clock.runFor(30_000);
    await expect(resend).toContainText(/\((30|29|28|27)\ss\)/);
    await page.clock.runFor(30_000);
    await expect(resend).toBeEnabled();

    // By the clock of the server it is too early still.
    await resend.click();
    await expect(alertOn(page).last()).toContainText(/This email was sent a moment ago. Please wait \d+ seconds/);
    await expect(resend).toBeDisabled();
    await followLink(page, { ...english, ...site }, "verify", loginId, FIRST);
    await page.context().close();
  });

  test("asking for it again too early is refused without scripts too", async ({ browser }) => {
    const loginId = "uwe@example.com";
    await addUnverified(site, loginId);
    const page = await newPage(browser, site, { javaScriptEnabled: false });
    const askAgain = async () => {
      await page.goto("/login");
      await logIn(page, english, loginId, PASSWORD);
      await page.getByRole("button", { name: "Send the verification email again" }).click();
    };
    await askAgain();
    await expect(statusOn(page)).toHaveText("We have sent you a new verification link. Please check your email.");
    await askAgain();
    await expect(alertOn(page).last()).toContainText(/This email was sent a moment ago. Please wait \d+ seconds/);
    expect((await site.postbox.next(loginId)).subject).toBe(english.verify.subject);
    await page.context().close();
  });

  test("an administrator sends the verification mail again, but not twice at once", async ({ browser }) => {
    const loginId = "una@example.com";
    await addPerson(site.ctx(), loginId, { password: "" });
    const page = await newRootPage(browser, site, {});
    await page.goto("/admin/users?q=una%40");
    const resend = page.getByRole("button", { name: `Resend verification to ${loginId}` });
    await resend.click();
    await expect(statusOn(page)).toHaveText(`Verification email has been sent to ${loginId}.`);
    await expect(page).toHaveURL("/admin/users?q=una%40");
    await resend.click();
    await expect(alertOn(page)).toContainText(/una@example.com was sent a .+ Please wait \d+ seconds/);
    const visitor = await newPage(browser, site, {});
    await followLink(visitor, { ...english, ...site }, "verify", loginId, FIRST);
    await page.reload();
    await expect(page.getByRole("link", { name: loginId, exact: true })).toBeVisible();
    await expect(resend).toHaveCount(0);
    await Promise.all([page, visitor].map((each) => each.context().close()));
  });

  test("a new address becomes the login when it is confirmed from there, and the old one is told", async ({
    browser,
  }) => {
    const [before, after] = ["old@example.com", "new@example.com"];
    const id = await addPerson(site.ctx(), before);
    const page = await newPage(browser, site, {});
    await signIn(page.context(), site, id);
    await site
      .ctx()
      .db.update(sessions)
      .set({ createdAt: sql`now() - interval '1 hour'` })
      .where(eq(sessions.userId, id));
    await page.goto("/account");
    await page.getByRole("link", { name: "Change your email address" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Confirm that it is you");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByLabel("New email address").fill(after);
    await page.getByRole("button", { name: "Send link" }).click();
    await expect(statusOn(page)).toHaveText(`Please check ${after} for a link to confirm the change.`);
    const asked = await site.postbox.next(after);
    expect(asked.subject).toBe("[Gatehouse] Confirm your new login");
    const link = linkIn(asked);

    // Opened by somebody else, it is good for nothing.
    const stranger = await newRootPage(browser, site, {});
    await stranger.goto(link);
    await expect(alertOn(stranger)).toContainText("was meant for another account");

    await page.goto(link);
    expect(page.url()).toBe(`${site.url}/account/confirm-email`);
    expect(await page.content()).not.toContain(tokenOf(link));
    await page.getByRole("button", { name: "Change my login" }).click();
    await expect(page).toHaveURL("/account");
    await expect(statusOn(page)).toHaveText(`From now on you log in as ${after}.`);
    const told = await site.postbox.next(before);
    expect(told.subject).toBe("[Gatehouse] Your login was changed");
    expect(told.text).toContain(after);

    await page.context().clearCookies();
    await page.goto("/login");
    await logIn(page, english, before, PASSWORD);
    await expect(alertOn(page)).toContainText(english.wrong);
    await logIn(page, english, after, PASSWORD);
    await expect(page).toHaveURL("/");
    await Promise.all([page, stranger].map((each) => each.context().close()));
  });

  test("nothing else was sent, and nothing went wrong", () => expectNothingLeft(site));
});

test.describe("by Resend", () => {
  let site: Site;

  test.beforeAll(async () => {
    site = await startSite("mail_resend", await resendPostbox());
  });

  test.afterAll(() => endSite(site));

  test("verify, forget and reset", ({ browser }) => shortJourney(browser, site, "rita@example.com"));

  test("nothing else was sent, and nothing went wrong", () => expectNothingLeft(site));
});
