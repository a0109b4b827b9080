import { eq, sql } from "drizzle-orm";
import { sessions } from "@/lib/db/schema/auth";
import { setPassword } from "@/lib/users/service";
import { expect, test } from "./fixtures";
import { addUnverified, linkIn, resendPostbox, signIn, smtpPostbox, tokenOf } from "./support/mail";
import {
  alertOn,
  endSite,
  expectNothingLeft,
  FIRST,
  followLink,
  logIn,
  newPage,
  newRootPage,
  type Site,
  shortJourney,
  startSite,
  statusOn,
  wholeJourney,
} from "./support/mail-journey";
import { english, spanish } from "./support/mail-words";
import { addPerson, PASSWORD } from "./support/people";

test.describe.configure({ mode: "serial" });

test.describe("by SMTP", () => {
  let site: Site;

  test.beforeAll(async () => {
    site = await startSite("mail_smtp", await smtpPostbox());
  });

  test.afterAll(() => endSite(site));

  test("welcome, verify, forget and reset, in English", ({ browser }) =>
    wholeJourney(browser, { site, words: english, loginId: "ann@example.com" }));

  test("welcome, verify, forget and reset, in Spanish", ({ browser }) =>
    wholeJourney(browser, { site, words: spanish, loginId: "ana@example.com" }));

  test("verify, forget and reset without scripts", ({ browser }) =>
    shortJourney(browser, { site, words: english, loginId: "amy@example.com" }, { javaScriptEnabled: false }));

  test("whoever knows the password of an unverified account can ask for the mail again", async ({ browser }) => {
    const loginId = "ulla@example.com";
    await addUnverified(site, loginId);
    const page = await newPage(browser, site, {});
    const resend = page.getByRole("button", { name: /^Send the verification email again/ });
    await page.clock.install();
    await page.goto("/login");
    await logIn(page, { site, words: english, loginId }, "not the password");
    await expect(alertOn(page)).toContainText(english.wrong);
    await expect(resend).toHaveCount(0);
    await logIn(page, { site, words: english, loginId }, PASSWORD);
    await expect(alertOn(page)).toContainText(`The user account “${loginId}” has an unverified email address.`);
    // From here on, time passes in the page only as told.
    await page.clock.pauseAt(Date.now() + 600_000);
    await resend.click();
    await expect(statusOn(page)).toHaveText("We have sent you a new verification link. Please check your email.");
    await expect(resend).toBeDisabled();
    await expect(resend).toContainText(/\(60\ss\)/);
    await page.clock.runFor(59_000);
    await expect(resend).toContainText(/\(1\ss\)/);
    await page.clock.runFor(1000);
    await expect(resend).toBeEnabled();

    // By the clock of the server it is too early still.
    await resend.click();
    await expect(alertOn(page).last()).toContainText(/This email was sent a moment ago. Please wait \d+ seconds/);
    await expect(resend).toBeDisabled();
    await page.clock.resume();
    await followLink(page, { site, words: english, loginId }, "verify", FIRST);
    await page.context().close();
  });

  test("asking for it again too early is refused without scripts too", async ({ browser }) => {
    const loginId = "uwe@example.com";
    await addUnverified(site, loginId);
    const page = await newPage(browser, site, { javaScriptEnabled: false });
    const askAgain = async () => {
      await page.goto("/login");
      await logIn(page, { site, words: english, loginId }, PASSWORD);
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
    expect((await site.postbox.next(loginId)).subject).toBe(english.verify.subject);
    await setPassword(site.ctx(), loginId, FIRST);
    await page.reload();
    await expect(page.getByRole("link", { name: loginId, exact: true })).toBeVisible();
    await expect(resend).toHaveCount(0);
    await page.context().close();
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
    await logIn(page, { site, words: english, loginId: before }, PASSWORD);
    await expect(alertOn(page)).toContainText(english.wrong);
    await logIn(page, { site, words: english, loginId: after }, PASSWORD);
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

  test("verify, forget and reset", ({ browser }) =>
    shortJourney(browser, { site, words: english, loginId: "rita@example.com" }));

  test("nothing else was sent, and nothing went wrong", () => expectNothingLeft(site));
});
