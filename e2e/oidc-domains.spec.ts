import { eq } from "drizzle-orm";
import { findLinkHolder, linkPath, signLinkToken } from "@/lib/auth/links";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { expect, test } from "./fixtures";
import { type Client, clientOf, cookieOf } from "./support/api";
import { actionOn, formData } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { addUnverified, type Postbox, signIn, smtpPostbox } from "./support/mail";
import { profileOn } from "./support/oidc/provider";
import { addPerson, PASSWORD } from "./support/people";
import { freePort } from "./support/process";

/** People of a domain that a profile claims have no password here, whichever way somebody tries to use or to set one. */

const CORP = "corp.example.com";
const INTERNATIONAL = "xn--bcher-kva.example";
const INVALID = "/forgot-password?link=invalid";

let site: Isolated;
let postbox: Postbox;
let rootId: string;
let people = 0;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  postbox = await smtpPostbox();
  // As people write domains; nobody has to listen there.
  const profile = profileOn(await freePort(), "corp", { domainFilter: [" @ＣＯＲＰ.Example.COM. ", "Bücher.example"] });
  const settings = { OIDC_PROFILES: JSON.stringify([profile]), ATTEMPT_LIMIT_ENABLED: "false" };
  site = await startIsolated("domains", { ...settings, ...postbox.settings });
  rootId = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
});

test.afterAll(async () => {
  await site?.end();
  await postbox?.end();
});

const newName = (domain: string) => {
  people += 1;
  return `person-${people}@${domain}`;
};

/** Posts the first form of a page, as a browser without scripts does. */
async function post(client: Client, path: string, fields: [string, string][], cookie?: string) {
  const headers = cookie === undefined ? {} : { headers: { cookie } };
  const action = actionOn((await client("GET", path, headers)).text);
  return client("POST", path, { body: formData(action, fields), ...headers });
}

const asRoot = async () => clientOf(site.url, await cookieOf(site.ctx(), rootId));

const hashOf = async (id: string) =>
  (await site.ctx().db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, id)))[0]?.hash;

/** Spellings of a domain that mean the same. */
const SPELLINGS: [stored: string, typed: string][] = [
  [CORP, CORP],
  [CORP, CORP.toUpperCase()],
  [CORP, "ｃｏｒｐ.example.com"],
  [CORP, "corp。example．com"],
  [INTERNATIONAL, "bücher.example"],
  [INTERNATIONAL, "BÜCHER.example"],
  [INTERNATIONAL, INTERNATIONAL.toUpperCase()],
];

for (const [stored, typed] of SPELLINGS) {
  test(`the right password opens nothing, and no other is mailed: ${typed}`, async () => {
    const loginId = newName(stored);
    const id = await addPerson(site.ctx(), loginId);
    for (const address of [loginId.replace(stored, typed), loginId.replace("@", "＠").replace(stored, typed)]) {
      const client = clientOf(site.url);
      const fields: [string, string][] = [
        ["loginId", address],
        ["password", PASSWORD],
      ];
      const answer = await post(client, "/login", fields);
      expect(answer.text).toContain("That login and password do not belong together.");
      expect(answer.headers.getSetCookie().filter((line) => line.startsWith("gatehouse-session="))).toEqual([]);
      expect((await post(client, "/forgot-password", [["email", address]])).headers.get("location")).toBe("/login");
    }
    expect(await site.ctx().db.$count(sessions, eq(sessions.userId, id))).toBe(0);
  });
}

for (const domain of [`sub.${CORP}`, `not${CORP}`, `${CORP}.example.org`]) {
  test(`${domain} is another domain`, async () => {
    const loginId = newName(domain);
    await addPerson(site.ctx(), loginId);
    const client = clientOf(site.url);
    await post(client, "/forgot-password", [["email", loginId]]);
    // The mails of those before would have come by now: they were asked for first.
    expect((await postbox.next(loginId)).to).toEqual([loginId]);
    const fields: [string, string][] = [
      ["loginId", loginId],
      ["password", PASSWORD],
    ];
    const answer = await post(client, "/login", fields);
    expect(answer.headers.getSetCookie().some((line) => line.startsWith("gatehouse-session="))).toBe(true);
    expect(postbox.unread()).toEqual([]);
  });
}

for (const purpose of ["reset", "verify"] as const) {
  test(`a link to ${purpose} that was mailed before the domain was claimed is void`, async () => {
    for (const [domain, isGood] of [
      [CORP, false],
      ["example.org", true],
    ] as const) {
      const loginId = newName(domain);
      const id = purpose === "reset" ? await addPerson(site.ctx(), loginId) : await addUnverified(site, loginId);
      const before = await hashOf(id);
      const holder = await findLinkHolder(site.ctx().db, eq(users.id, id));
      if (!holder) throw new Error(`no user ${id}`);
      const { token } = await signLinkToken(holder, purpose);
      const client = clientOf(site.url);
      const opened = await client("GET", `${linkPath(purpose)}/${id}/${token}`);
      expect(opened.headers.get("location")).toBe(isGood ? linkPath(purpose) : INVALID);
      if (isGood) continue;
      // Nor by whoever opens the form with a good link, and posts another.
      const cookie = `gatehouse-link=${encodeURIComponent(`${id}.${token}`)}`;
      const form = await client("GET", linkPath(purpose), { headers: { cookie } });
      expect([form.status, form.text.includes('name="confirm"')]).not.toEqual([200, true]);
      expect(await hashOf(id)).toBe(before);
    }
  });
}

test("a ticket for another verification mail is void as well", async () => {
  const id = await addUnverified(site, newName(CORP));
  const holder = await findLinkHolder(site.ctx().db, eq(users.id, id));
  if (!holder) throw new Error(`no user ${id}`);
  const { token } = await signLinkToken(holder, "resend");
  const other = await addUnverified(site, newName("example.org"));
  const [{ loginId } = { loginId: "" }] = await site.ctx().db.select().from(users).where(eq(users.id, other));
  const client = clientOf(site.url);
  // The form behind the refusal of somebody else, with this ticket in it.
  const refused = await post(client, "/login", [
    ["loginId", loginId],
    ["password", PASSWORD],
  ]);
  const body = formData(actionOn(refused.text), [
    ["userId", id],
    ["ticket", token],
  ]);
  const { text } = await client("POST", "/login", { body });
  expect(text).toContain("This account logs in elsewhere; there is no password to set here.");
});

test("the command line makes such an account, and mails nothing", async () => {
  const { code, out } = site.auth(["create-user", newName(CORP)]);
  expect(code).toBe(0);
  // Neither that a mail was sent, nor that one waits; and no link that would open nothing.
  expect(out.split("\n")).toEqual(["User created.", expect.stringContaining("there is no verification URL")]);
});

test("nobody is welcomed by mail, and nobody changes their own password or address", async ({ page }) => {
  const id = await addPerson(site.ctx(), newName(CORP));
  await signIn(page.context(), site, id);
  await page.goto(`${site.url}/account`);
  await expect(page.getByText("Your account has no password here")).toBeVisible();
  await expect(page.locator("[name=currentPassword]")).toHaveCount(0);
  await page.goto(`${site.url}/account/email`);
  await page.getByRole("main").locator("[name=email]").fill(newName("example.org"));
  await page.getByRole("main").locator("form").getByRole("button").first().click();
  await expect(page.getByText("This account logs in elsewhere")).toBeVisible();
  expect(postbox.unread()).toEqual([]);
});

test("nobody moves their own address into the domain", async ({ page }) => {
  const id = await addPerson(site.ctx(), newName("example.org"));
  await signIn(page.context(), site, id);
  await page.goto(`${site.url}/account/email`);
  await page.getByRole("main").locator("[name=email]").fill(newName("Ｃorp.example.com"));
  await page.getByRole("main").locator("form").getByRole("button").first().click();
  await expect(page.getByText("This account logs in elsewhere")).toBeVisible();
  expect(postbox.unread()).toEqual([]);
});

test.describe("an administrator", () => {
  test("is told by the form that the domain stays", async ({ page }) => {
    const loginId = newName(CORP);
    const id = await addPerson(site.ctx(), loginId);
    await signIn(page.context(), site, rootId);
    await page.goto(`${site.url}/admin/users/${id}/edit`);
    const field = page.locator("[name=loginId]");
    await field.fill(loginId.replace(CORP, "example.org"));
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Cannot change user domain.")).toBeVisible();
    await field.fill(`renamed-${loginId}`);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(`renamed-${loginId} was saved.`)).toBeVisible();
  });

  for (const [from, to, status] of [
    [CORP, "example.org", 400],
    [CORP, `sub.${CORP}`, 400],
    [CORP, INTERNATIONAL, 400],
    [CORP, "ＣＯＲＰ.example.com", 200],
    ["example.org", CORP, 200],
    ["example.org", "example.net", 200],
  ] as const) {
    test(`is answered ${status} who moves somebody from ${from} to ${to} by the API`, async () => {
      const loginId = newName(from);
      const id = await addPerson(site.ctx(), loginId);
      const moved = `moved-${loginId.replace(from, to)}`;
      const answer = await (await asRoot())("PATCH", `/api/users/${id}`, {
        body: { loginId: moved },
        headers: { "content-type": "application/json" },
      });
      expect(answer.status).toBe(status);
      if (status === 400) {
        expect(answer.json.errors).toEqual({
          loginId: { key: "domainFixed", message: "Cannot change user domain." },
        });
      }
      const [stored] = await site.ctx().db.select().from(users).where(eq(users.id, id));
      expect(stored?.loginIdCanonical).toBe(status === 400 ? loginId : moved.normalize("NFKC").toLowerCase());
    });
  }
});
