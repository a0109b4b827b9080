import type { Page } from "@playwright/test";
import { connect } from "@/lib/db/client";
import { findUserByLoginId } from "@/lib/users/service";
import { env, expect, logIn, test } from "./fixtures";
import { clientOf, cookieOf } from "./support/api";
import { actionOn, formData } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { PASSWORD, people } from "./support/people";

/** The app without mail: with e-mail addresses as logins, and with user names. */

const NEW_PASSWORD = "a short ride through the fog";
const OTHER_PASSWORD = "a slow boat on the canal";
const NOBODY = "0190d5a0-0000-7000-8000-000000000000";

type Mode = {
  title: string;
  database: string;
  settings: Record<string, string>;
  /** What people log in with. */
  label: string;
  loginOf: (name: string) => string;
  accepted: string[];
  refused: string[];
  /** What is said about those that are refused. */
  sentence: string;
};

const modes: Mode[] = [
  {
    title: "addresses as logins, without mail",
    database: "nomail",
    settings: { EMAIL_ENABLED: "false" },
    label: "Email",
    loginOf: (name) => `${name}@example.com`,
    accepted: ["Zoë.Lund@example.com"],
    refused: ["bert", "bert example@example.com"],
    sentence: "Enter one email address, such as ann@example.com.",
  },
  {
    title: "user names as logins",
    database: "usernames",
    settings: { LOGIN_ID: "username" },
    label: "User name",
    loginOf: (name) => name,
    accepted: ["Zoë.Lund", "zoe@example.com"],
    refused: ["a b"],
    sentence: "Enter a user name without spaces or special characters.",
  },
];

/** The URL that the command line prints at its end. */
const printedUrl = (out: string) => /^Verification URL: (\S+)$/m.exec(out)?.[1] ?? "";

async function fillNewPassword(page: Page, password: string, confirm = password): Promise<void> {
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("Confirm password", { exact: true }).fill(confirm);
}

for (const mode of modes) {
  test.describe(mode.title, () => {
    test.describe.configure({ mode: "serial" });
    const root = mode.loginOf("root");
    let app: Isolated;

    /** Adds somebody by the command line; without a password, the account waits for one. */
    function create(loginId: string, password = PASSWORD, ...flags: string[]) {
      const args = ["create-user", loginId, ...flags, ...(password ? ["--password-stdin"] : [])];
      const result = app.auth(args, password && `${password}\n`);
      expect(result, result.err).toMatchObject({ code: 0, err: "" });
      return result.out;
    }

    async function signIn(page: Page, loginId: string, password = PASSWORD): Promise<void> {
      await page.goto("/login");
      await logIn(page, loginId, password);
      await expect(page).toHaveURL("/");
    }

    async function queuedMails(): Promise<number> {
      const client = await connect(app.databaseUrl);
      const { rows } = await client.query("select count(*)::int as n from mail_outbox");
      await client.end();
      return rows[0].n;
    }

    test.beforeAll(async () => {
      app = await startIsolated(mode.database, mode.settings);
      create(root, PASSWORD, "--as-superuser");
    });

    test.afterAll(async () => {
      await app?.end();
    });

    // Read before the server is there, too: `beforeAll` has fixtures of its own.
    test.use({ baseURL: async ({ browserName: _ }, use) => use(app?.url ?? "") });

    test("what takes mail has no address, and no way leads there", async ({ page }) => {
      const paths = ["/forgot-password", "/forgot-password?link=invalid"];
      for (const base of ["/reset-password", "/verify-account"]) {
        paths.push(base, `${base}/${NOBODY}/junk`, `${base}/junk/junk`);
      }
      for (const path of paths) {
        const response = await page.goto(path);
        expect(response?.status(), path).toBe(404);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
        await expect(page.getByRole("link", { name: "Go to the start page" })).toHaveAttribute("href", "/");
      }
      await page.goto("/login");
      await expect(page.getByRole("textbox", { name: mode.label })).toHaveAttribute("name", "loginId");
      await expect(page.getByText(mode.label, { exact: true })).toBeVisible();
      await expect(page.getByText("I forgot my password")).toHaveCount(0);
    });

    test("what another mode's pages offer cannot be sent here", async ({ page, ctx }) => {
      create(mode.loginOf("waiting"), "");
      await signIn(page, root);
      const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`);
      const client = clientOf(app.url, cookies.join("; "));
      const listed = await client("GET", "/api/users?q=waiting");
      const [{ id = "" } = {}] = listed.json.items as { id?: string }[];

      // The same build, so its actions go by the same names.
      const withMail = clientOf(env("E2E_BASE_URL"));
      const forgot = actionOn((await withMail("GET", "/forgot-password")).text);
      const sent = await client("POST", "/forgot-password", { body: formData(forgot, [["email", root]]) });
      expect(sent.status).toBe(404);

      const found = await findUserByLoginId(ctx, people.root);
      const admin = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, found?.id ?? ""));
      const list = (await admin("GET", "/admin/users?isVerified=false")).text;
      const form = list.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes("Resend verification")) ?? "";
      const [, resend = ""] = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(form) ?? [];
      expect(resend).not.toBe("");
      const resent = await client("POST", "/admin/users", { body: formData([[resend, ""]], [["id", id]]) });
      expect(resent.status).toBe(404);
      expect(await queuedMails()).toBe(0);
    });

    test("the list of users says nothing of verification", async ({ page }) => {
      await signIn(page, root);
      await page.goto("/admin/users?isVerified=false&cols=loginId,isVerified");
      // Neither a filter nor a column: the address is read as if they were not there.
      await expect(page.getByRole("row").filter({ hasText: root })).toBeVisible();
      await expect(page.getByRole("row").filter({ hasText: mode.loginOf("waiting") })).toBeVisible();
      await page.goto("/admin/users");
      await expect(page.getByRole("columnheader", { name: mode.label })).toBeVisible();
      await expect(page.getByRole("columnheader", { name: "Enabled" })).toBeVisible();
      await page.getByText("Columns", { exact: true }).click();
      await expect(page.getByRole("checkbox", { name: "Last login" })).toBeVisible();
      await expect(page.getByText("Verified")).toHaveCount(0);
      await expect(page.getByRole("button", { name: /Resend verification/ })).toHaveCount(0);
    });

    test("whoever adds a user chooses the password, and no refusal loses what was typed", async ({ page }) => {
      const loginId = mode.loginOf("Nora");
      const submit = page.getByRole("button", { name: "Add user" });
      await signIn(page, root);
      await page.goto("/admin/users/add");
      await expect(page.getByRole("checkbox", { name: "Send welcome email" })).toHaveCount(0);
      await expect(page.getByLabel("New password")).toHaveAttribute("required");
      await expect(page.getByLabel("Confirm password")).toHaveAttribute("required");
      await page.getByLabel(mode.label).fill(loginId);
      await page.getByLabel("Disable date").fill("2041-05-06");
      await page.getByRole("checkbox", { name: /auth-manage/ }).check();
      await submit.click();
      await expect(page.locator("#password-error")).toHaveText("This field is required.");
      await expect(page.getByLabel("New password")).toBeFocused();

      const refusals: [password: string, confirm: string, field: string, sentence: string][] = [
        [NEW_PASSWORD, OTHER_PASSWORD, "confirm", "The two passwords are not the same."],
        ["short", "short", "password", "Use at least 12 characters."],
        ["passwordpassword", "passwordpassword", "password", "This password is too common"],
        ["what nora had for lunch", "what nora had for lunch", "password", "in the password."],
        ["in the gatehouse at night", "in the gatehouse at night", "password", "Do not use “Gatehouse”"],
      ];
      for (const [password, confirm, field, sentence] of refusals) {
        await fillNewPassword(page, password, confirm);
        await submit.click();
        await expect(page.locator(`#${field}-error`)).toContainText(sentence);
        await expect(page.getByLabel(mode.label)).toHaveValue(loginId);
        await expect(page.getByLabel("Disable date")).toHaveValue("2041-05-06");
        await expect(page.getByRole("checkbox", { name: /auth-manage/ })).toBeChecked();
      }
      await fillNewPassword(page, PASSWORD);
      await submit.click();
      await expect(page.getByText(`${loginId} was added.`)).toBeVisible();
      expect(await queuedMails()).toBe(0);
    });

    test("the new user signs in and changes the password, and nothing else there takes mail", async ({ page }) => {
      const loginId = mode.loginOf("nora");
      await signIn(page, loginId);
      await page.goto("/account");
      const main = page.getByRole("main");
      await expect(main.getByText(mode.label, { exact: true })).toBeVisible();
      await expect(main.getByText(mode.loginOf("Nora"), { exact: true })).toBeVisible();
      await expect(main.getByText("An administrator can change it.")).toBeVisible();
      await expect(page.getByRole("link", { name: "Change your email address" })).toHaveCount(0);
      await page.getByLabel("Current password", { exact: true }).fill(PASSWORD);
      await fillNewPassword(page, NEW_PASSWORD);
      await page.getByRole("button", { name: "Change password" }).click();
      await expect(page.getByText("Your password was changed.")).toBeVisible();
      expect((await page.goto("/account/email"))?.status()).toBe(404);
      await expect(page.getByRole("link", { name: "Go to the start page" })).toBeVisible();

      await page.context().clearCookies();
      await page.goto("/login");
      await logIn(page, loginId, PASSWORD);
      await expect(page.getByRole("main").getByRole("alert")).toContainText("do not belong together");
      await signIn(page, loginId, NEW_PASSWORD);
      expect(await queuedMails()).toBe(0);
    });

    test("an administrator sets another password on the user's page", async ({ page, browser }) => {
      const loginId = mode.loginOf("Nora");
      const theirs = await browser.newContext({ baseURL: app.url, locale: "en-US" });
      const their = await theirs.newPage();
      await signIn(their, loginId, NEW_PASSWORD);

      await signIn(page, root);
      await page.goto("/admin/users?q=nora");
      const open = async () => {
        await page.getByRole("link", { name: loginId, exact: true }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Edit ${loginId}`);
      };
      await open();
      await expect(page.getByText("Leave empty to keep the present one.")).toBeVisible();
      await page.getByLabel("Disable date").fill("");
      await fillNewPassword(page, "what nora had for lunch");
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page.locator("#password-error")).toContainText("in the password.");
      await fillNewPassword(page, "", OTHER_PASSWORD);
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page.locator("#confirm-error")).toHaveText("The two passwords are not the same.");
      await expect(page.getByLabel("Disable date")).toHaveValue("");
      await fillNewPassword(page, OTHER_PASSWORD);
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();

      await their.goto("/account");
      await expect(their).toHaveURL("/login?next=%2Faccount");
      await signIn(their, loginId, OTHER_PASSWORD);
      await theirs.close();

      // Left empty, the password stays.
      await open();
      await page.getByLabel("Disable date").fill("2042-01-01");
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page.getByText(`${loginId} was saved.`)).toBeVisible();
      await page.context().clearCookies();
      await signIn(page, loginId, OTHER_PASSWORD);
    });

    test("what may be a login, on the form and on the command line", async ({ page }) => {
      await signIn(page, root);
      for (const loginId of mode.accepted) {
        await page.goto("/admin/users/add");
        await page.getByLabel(mode.label).fill(loginId);
        await fillNewPassword(page, OTHER_PASSWORD);
        await page.getByRole("button", { name: "Add user" }).click();
        await expect(page.getByText(`${loginId} was added.`)).toBeVisible();
      }
      await page.goto("/admin/users/add");
      for (const loginId of mode.refused) {
        await page.getByLabel(mode.label).fill(loginId);
        await fillNewPassword(page, OTHER_PASSWORD);
        await page.getByRole("button", { name: "Add user" }).click();
        await expect(page.locator("#loginId-error")).toHaveText(mode.sentence);
        await expect(page.getByLabel(mode.label)).toHaveValue(loginId);
        const { code, out, err } = app.auth(["create-user", loginId]);
        expect({ code, out }).toEqual({ code: 1, out: "" });
        expect(err).toContain(mode.sentence);
      }
      await page.context().clearCookies();
      for (const loginId of mode.accepted) {
        await signIn(page, loginId.toUpperCase(), OTHER_PASSWORD);
        await page.context().clearCookies();
      }
    });

    test("the command line prints a link, which sets the password once", async ({ page }) => {
      const loginId = mode.loginOf("olaf");
      const out = create(loginId, "");
      expect(out.split("\n")).toEqual(["User created.", expect.stringMatching(/^Verification URL: \S+$/)]);
      const url = printedUrl(out);
      expect(url).toMatch(new RegExp(`^${app.url}/verify-account/[0-9a-f-]{36}/[^/]+$`));

      await page.goto(url);
      await expect(page).toHaveURL("/verify-account");
      await expect(page.getByText(`Choose a password for ${loginId}.`)).toBeVisible();
      await fillNewPassword(page, NEW_PASSWORD, OTHER_PASSWORD);
      await page.getByRole("button", { name: "Verify & Set Password" }).click();
      await expect(page.getByText("The two passwords are not the same.")).toBeVisible();
      await fillNewPassword(page, NEW_PASSWORD);
      await page.getByRole("button", { name: "Verify & Set Password" }).click();
      await expect(page).toHaveURL("/login");
      await expect(page.getByText("Account verified & password set.")).toBeVisible();
      await signIn(page, loginId, NEW_PASSWORD);

      await page.context().clearCookies();
      expect((await page.goto(url))?.status()).toBe(404);
      await expect(page.getByRole("link", { name: "Go to the start page" })).toBeVisible();
      expect((await page.goto("/verify-account"))?.status()).toBe(404);
    });
  });
}
