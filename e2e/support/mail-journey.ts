import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { isNull } from "drizzle-orm";
import { expect } from "@/e2e/fixtures";
import { mailOutbox } from "@/lib/db/schema/events";
import { newUser } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";
import { type Isolated, startIsolated } from "./isolated";
import { linkIn, type Postbox, signIn, tokenOf } from "./mail";
import type { Words } from "./mail-words";
import { addPerson } from "./people";

export const FIRST = "four ducks cross the pond";
const SECOND = "three geese left the lake";

/** A server, and where its mails arrive. */
export type Site = Isolated & { postbox: Postbox; rootId: string };

export async function startSite(name: string, postbox: Postbox): Promise<Site> {
  const isolated = await startIsolated(name, { ...postbox.settings, ATTEMPT_LIMIT_ENABLED: "false" });
  const rootId = await addPerson(isolated.ctx(), "root@example.com", { isSuperuser: true });
  return { ...isolated, postbox, rootId };
}

export async function endSite({ end, postbox }: Site): Promise<void> {
  await end();
  await postbox.end();
}

/** Every mail has gone out and was read by a test, and nothing went wrong. */
export async function expectNothingLeft({ ctx, postbox, server }: Site): Promise<void> {
  const waiting = () =>
    ctx()
      .db.select({ kind: mailOutbox.kind, error: mailOutbox.lastError })
      .from(mailOutbox)
      .where(isNull(mailOutbox.sentAt));
  await expect.poll(waiting).toEqual([]);
  expect(postbox.unread()).toEqual([]);
  expect(server.output()).not.toMatch(/error|"area":"mail"/i);
}

export async function newPage(browser: Browser, { url }: Site, options: BrowserContextOptions): Promise<Page> {
  return (await browser.newContext({ baseURL: url, ...options })).newPage();
}

export async function newRootPage(browser: Browser, site: Site, options: BrowserContextOptions): Promise<Page> {
  const page = await newPage(browser, site, options);
  await signIn(page.context(), site, site.rootId);
  return page;
}

export const alertOn = (page: Page) => page.getByRole("main").getByRole("alert");
/** The message above what else has a status, such as the number of entries. */
export const statusOn = (page: Page) => page.getByRole("main").getByRole("status").first();

/** Who goes which way in which language. */
export type Journey = { site: Site; words: Words; loginId: string };

export async function logIn(page: Page, { words, loginId }: Journey, password: string): Promise<void> {
  await page.locator("[name=loginId]").fill(loginId);
  await page.locator("[name=password]").fill(password);
  await page.getByRole("button", { name: words.login, exact: true }).click();
}

/** Follows the link of a mail to the form behind it, and sets a password there. */
export async function followLink(
  page: Page,
  { site, words: { verify, reset }, loginId }: Journey,
  purpose: "verify" | "reset",
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

async function addInAdmin(page: Page, { words, loginId }: Journey): Promise<void> {
  await page.goto("/admin/users/add");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.add);
  await expect(page.locator("[name=password], [name=confirm]")).toHaveCount(0);
  await expect(page.getByLabel(words.sendWelcome)).toBeChecked();
  await page.locator("[name=loginId]").fill(loginId);
  await page.locator("form:has([name=loginId]) button[type=submit]").click();
  await expect(statusOn(page)).toContainText(words.added);
}

async function askForReset(page: Page, { words, loginId }: Journey): Promise<void> {
  await page.goto("/login");
  await page.getByRole("link", { name: words.forgot }).click();
  await expect(page).toHaveURL("/forgot-password");
  await page.locator("[name=email]").fill(loginId);
  await page.getByRole("button", { name: words.send, exact: true }).click();
  await expect(page).toHaveURL("/login");
  await expect(statusOn(page)).toHaveText(words.sent);
}

async function expectNotice({ site, words, loginId }: Journey): Promise<void> {
  const notice = await site.postbox.next(loginId);
  expect(notice.subject).toBe(words.notice.subject);
  expect(notice.text).toContain(words.notice.mail);
  expect(notice.text).not.toMatch(/https?:/);
}

/** From the administrator who adds somebody, to that person's second password. */
export async function wholeJourney(browser: Browser, journey: Journey): Promise<void> {
  const { site, words } = journey;
  const { locale } = words;
  const root = await newRootPage(browser, site, { locale });
  await addInAdmin(root, journey);
  const first = await newPage(browser, site, { locale });
  await followLink(first, journey, "verify", FIRST);
  await logIn(first, journey, FIRST);
  await expect(first).toHaveURL("/");
  await expect(statusOn(first)).toHaveText(words.signedIn);

  const second = await newPage(browser, site, { locale });
  await askForReset(second, journey);
  await followLink(second, journey, "reset", SECOND);
  await first.goto("/account");
  await expect(first).toHaveURL(/\/login\?/);
  await logIn(first, journey, FIRST);
  await expect(alertOn(first)).toContainText(words.wrong);
  await logIn(first, journey, SECOND);
  await expect(first).toHaveURL("/account");
  await expectNotice(journey);
  await Promise.all([root, first, second].map((page) => page.context().close()));
}

/** From the welcome to the second password, in one browser. */
export async function shortJourney(
  browser: Browser,
  journey: Journey,
  options: BrowserContextOptions = {},
): Promise<void> {
  const { site, loginId } = journey;
  await createUser(site.ctx(), { ...newUser, loginId, sendWelcome: true });
  const page = await newPage(browser, site, options);
  await followLink(page, journey, "verify", FIRST);
  await askForReset(page, journey);
  await followLink(page, journey, "reset", SECOND);
  await logIn(page, journey, SECOND);
  await expect(page).toHaveURL("/");
  await expectNotice(journey);
  await page.context().close();
}
