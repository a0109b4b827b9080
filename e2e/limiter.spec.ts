import { and, desc, eq, isNull } from "drizzle-orm";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { connect } from "@/lib/db/client";
import { attemptBudgets, attempts, sessions } from "@/lib/db/schema/auth";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { expect, logIn, test } from "./fixtures";
import { type Answer, clientOf } from "./support/api";
import { alertIn, formData, postedForm } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { type Postbox, signIn, smtpPostbox, toldBy } from "./support/mail";
import { addPerson, PASSWORD } from "./support/people";
import { stop } from "./support/process";
import type { Server } from "./support/server";
import { isIn, type SignIn, signInBy, told } from "./support/sign-in";

/** The limits on attempts as the world meets them: by forms, by Auth.js' endpoint, over several servers. */

const LIMIT = 15;
const WRONG = "not the password";
const INVALID = "That login and password do not belong together. Check both and try again.";
const TOO_MANY = /^Too many failed login attempts\. Try again in (59|60) minutes\.$/;

let site: Isolated;
let another: Server;
let post: Postbox;
let people = 0;

const newName = (stem = "limited") => {
  people += 1;
  return `${stem}-${people}@example.com`;
};

async function addSomebody(loginId = newName()): Promise<{ id: string; loginId: string }> {
  return { id: await addPerson(site.ctx(), loginId), loginId };
}

/** Many attempts at once, every other one at each of the two servers. */
async function storm(amount: number, attempt: (n: number) => [loginId: string, password?: string]): Promise<Answer[]> {
  const ways = [await signInBy(site.url), await signInBy(another.url, site.url)] as const;
  return Promise.all(Array.from({ length: amount }, (_, n) => (n % 2 ? ways[1] : ways[0])(...attempt(n))));
}

const lock = (loginId: string) => storm(LIMIT, () => [loginId]);

const formOn = (path: string, headers: Record<string, string> = {}) => postedForm(clientOf(site.url), path, headers);

const attemptsOf = (loginId: string) =>
  site.ctx().db.select().from(attempts).where(eq(attempts.loginIdCanonical, loginId)).orderBy(attempts.id);

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  post = await smtpPostbox();
  site = await startIsolated("limiter", { ...post.settings, ATTEMPT_IP_LIMIT: "0" });
  another = await site.startAnother({ AUTH_URL: site.url });
});

test.afterAll(async () => {
  await site.end();
  await post.end();
});

test("of 200 wrong passwords at once over two servers exactly the limit is looked at", async () => {
  for (const { loginId } of [await addSomebody(), { loginId: newName() }]) {
    expect(told(await storm(200, () => [loginId]))).toEqual({ in: 0, invalid: LIMIT, blocked: 200 - LIMIT });
    expect(told(await storm(2, () => [loginId, PASSWORD]))).toEqual({ in: 0, invalid: 0, blocked: 2 });
    const log = await attemptsOf(loginId);
    expect([log.length, log.filter(({ duringLockout }) => !duringLockout).length]).toEqual([202, LIMIT]);
  }
});

test("a right password among them is in or blocked like any other, and never twice in", async () => {
  const { id, loginId } = await addSomebody();
  const answers = await storm(60, (n) => [loginId, n === 20 ? PASSWORD : WRONG]);
  const sum = told(answers);
  expect(sum.in + sum.invalid + sum.blocked).toBe(60);
  if (sum.in === 0) expect(sum.invalid).toBe(LIMIT);
  expect(await site.ctx().db.$count(sessions, eq(sessions.userId, id))).toBe(sum.in);
});

test("50 right passwords of one user at once are all in", async () => {
  const { loginId } = await addSomebody();
  expect(told(await storm(50, () => [loginId, PASSWORD]))).toEqual({ in: 50, invalid: 0, blocked: 0 });
});

test("the login page tells when to try again, the same of accounts that exist and of others", async () => {
  const [{ loginId }, nobody] = [await addSomebody(newName("limitéd")), newName("limitéd")];
  const submit = await formOn("/login");
  for (const each of [loginId, nobody]) {
    for (let n = 0; n < LIMIT; n += 1) {
      // Whatever the spelling, it is one account.
      const spellings = [each, each.toUpperCase(), ` ${each} `, each.replace("l", "\uff2c"), each.normalize("NFD")];
      const spelling = spellings[n % spellings.length] ?? "";
      expect(alertIn(await submit(["loginId", spelling], ["password", n === 3 ? "" : WRONG]))).toBe(INVALID);
    }
  }
  const blocked = await submit(["loginId", loginId], ["password", PASSWORD]);
  expect(blocked.status).toBe(200);
  expect(alertIn(blocked)).toMatch(TOO_MANY);
  expect(isIn(blocked)).toBe(false);
  expect(blocked.text).toContain(`value="${loginId}"`);
  const unknown = await submit(["loginId", nobody], ["password", PASSWORD]);
  const plain = (answer: Answer) =>
    JSON.stringify(toldBy(answer))
      .replaceAll(/limitéd-\d+/g, "x")
      .replaceAll("59 min", "60 min");
  expect(plain(unknown)).toBe(plain(blocked));
  const inSpanish = await formOn("/login", { "accept-language": "es" });
  expect(alertIn(await inSpanish(["loginId", loginId], ["password", WRONG]))).toMatch(
    /^Demasiados intentos fallidos de iniciar sesión\. Podrá volver a intentarlo dentro de (59|60) minutos\.$/,
  );
});

test("with scripts, the message is the same and what was typed is kept", async ({ page }) => {
  const { loginId } = await addSomebody();
  await lock(loginId);
  await page.goto(`${site.url}/login`);
  await logIn(page, loginId);
  await expect(page.getByRole("main").getByRole("alert")).toHaveText(TOO_MANY);
  await expect(page.locator("[name=loginId]")).toHaveValue(loginId);
});

test("an empty login has no account to lock, and its attempts are kept", async () => {
  const submit = await formOn("/login");
  for (let n = 0; n <= LIMIT; n += 1) {
    expect(alertIn(await submit(["loginId", " "], ["password", WRONG]))).toBe(INVALID);
  }
  expect(await site.ctx().db.$count(attemptBudgets, eq(attemptBudgets.key, ""))).toBe(0);
  expect(await site.ctx().db.$count(attempts, isNull(attempts.loginIdCanonical))).toBeGreaterThan(LIMIT);
});

test("asking for links is limited, and what is no address counts too", async () => {
  const loginId = newName();
  const submit = await formOn("/forgot-password");
  for (let n = 0; n < LIMIT; n += 1) {
    expect((await submit(["email", loginId])).headers.get("location")).toBe("/login");
  }
  const blocked = await submit(["email", loginId]);
  expect(blocked.status).toBe(200);
  expect(alertIn(blocked)).toMatch(/^Too many failed attempts\. Try again in (59|60) minutes\.$/);
  await submit(["email", "no address"]);
  expect(await attemptsOf("no address")).toMatchObject([{ type: "forgot", success: false }]);
  // Other ways in go on.
  expect(alertIn(await (await formOn("/login"))(["loginId", loginId], ["password", WRONG]))).toBe(INVALID);
});

async function linkCookie(userId: string, purpose: "reset" | "verify"): Promise<{ cookie: string }> {
  const holder = await findLinkHolder(site.ctx().db, eq(users.id, userId));
  if (!holder) throw new Error(`no user ${userId}`);
  const { token } = await signLinkToken(holder, purpose);
  return { cookie: `gatehouse-link=${encodeURIComponent(`${userId}.${token}`)}` };
}

const passwords = (password: string, purpose = "reset"): [string, string][] => [
  ["purpose", purpose],
  ["password", password],
  ["confirm", password],
];

test("setting a password by a link is limited, by one count for both kinds of links", async () => {
  const { id } = await addSomebody();
  const headers = await linkCookie(id, "reset");
  const submit = await formOn("/reset-password", headers);
  for (let n = 0; n < LIMIT; n += 1) expect((await submit(...passwords("short"))).text).toContain("at least 12");
  const blocked = /^Too many password reset attempts\. Try again in (59|60) minutes\.$/;
  expect(alertIn(await submit(...passwords("nine herons on one leg")))).toMatch(blocked);
  const verify = await formOn("/verify-account", await linkCookie(id, "verify"));
  expect(alertIn(await verify(...passwords("nine herons on one leg", "verify")))).toMatch(blocked);
});

test("a completed reset lifts the lock on signing in", async () => {
  const { id, loginId } = await addSomebody();
  await lock(loginId);
  expect(told(await storm(1, () => [loginId, PASSWORD]))).toEqual({ in: 0, invalid: 0, blocked: 1 });
  const submit = await formOn("/reset-password", await linkCookie(id, "reset"));
  expect((await submit(...passwords("nine herons on one leg"))).headers.get("location")).toBe("/login");
  expect(told(await storm(1, () => [loginId, "nine herons on one leg"]))).toEqual({ in: 1, invalid: 0, blocked: 0 });
});

test("guesses at the present password count as sign-ins, on both pages that ask for it", async ({ page, context }) => {
  const { id, loginId } = await addSomebody();
  await signIn(context, site, id);
  await storm(LIMIT - 2, () => [loginId]);
  await page.goto(`${site.url}/account/sign-in-again`);
  await page.locator("[name=password]").fill(WRONG);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toHaveText(INVALID);

  const change = async () => {
    await page.goto(`${site.url}/account`);
    await page.locator("[name=currentPassword]").fill(WRONG);
    for (const name of ["password", "confirm"]) await page.locator(`[name=${name}]`).fill("nine herons on one leg");
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await change();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await change();
  await expect(page.getByRole("alert").filter({ hasText: "Too many" })).toHaveText(TOO_MANY);
  await page.goto(`${site.url}/account/sign-in-again`);
  await page.locator("[name=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toHaveText(TOO_MANY);
});

test("the owner is told by mail, once for each lock, and nobody where there is no owner", async () => {
  const [{ loginId }, nobody] = [await addSomebody(), newName()];
  await lock(nobody);
  await lock(loginId);
  await storm(10, () => [loginId]);
  expect(await post.next(loginId)).toMatchObject({ subject: "[Gatehouse] Your account is locked for now" });
  const mailsTo = (each: string) => site.ctx().db.$count(mailOutbox, eq(mailOutbox.loginId, each));
  expect(await mailsTo(loginId)).toBe(1);
  // What is for nobody is thrown away, where one that was sent would stay.
  await expect.poll(() => mailsTo(nobody)).toBe(0);
});

test("addresses are counted by what nobody can make up", async () => {
  const direct = await site.startAnother({ ATTEMPT_IP_LIMIT: "4" });
  const behind = await site.startAnother({ ATTEMPT_IP_LIMIT: "4", TRUSTED_PROXIES: "1" });
  const made = (n: number) => ({
    forwarded: `for=198.51.100.${n}`,
    "x-real-ip": `198.51.100.${n}`,
    "cf-connecting-ip": `198.51.100.${n}`,
    "true-client-ip": `198.51.100.${n}`,
    "x-gatehouse-socket": `198.51.100.${n}`,
  });
  const ways: [SignIn, (n: number) => Record<string, string>][] = [
    [await signInBy(direct.url), (n) => ({ ...made(n), "x-forwarded-for": `198.51.100.${n}` })],
    // The proxy adds the last one; what stands before it came from outside.
    [await signInBy(behind.url), (n) => ({ ...made(n), "x-forwarded-for": `198.51.100.${n}, 203.0.113.9` })],
    [await signInBy(behind.url), (n) => ({ "x-forwarded-for": `2001:db8:0:1::${n}` })],
  ];
  for (const [signInWith, headers] of ways) {
    const answers: Answer[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await signInWith(newName(), WRONG, headers(n)));
    expect(told(answers)).toEqual({ in: 0, invalid: 4, blocked: 2 });
  }
  const keys = await site.ctx().db.select().from(attemptBudgets).where(eq(attemptBudgets.scope, "address"));
  const loopback = /^(127\.0\.0\.1|0:0:0:0::\/64)$/;
  expect(keys.map(({ key }) => (loopback.test(key) ? "loopback" : key)).sort()).toEqual([
    "2001:db8:0:1::/64",
    "203.0.113.9",
    "loopback",
  ]);

  // A post from elsewhere is refused unread, counts for its address, and is kept.
  const client = clientOf(behind.url);
  for (const [path, type] of [
    ["/login", "login"],
    ["/forgot-password", "forgot"],
    ["/reset-password", "reset"],
    ["/verify-account", "reset"],
  ] as const) {
    const body = formData([], [["loginId", "x"]]);
    const { status } = await client("POST", path, {
      body,
      headers: { origin: "https://evil.example", "x-forwarded-for": "192.0.2.66" },
    });
    expect(status).toBe(403);
    const [last] = await site.ctx().db.select().from(attempts).orderBy(desc(attempts.id)).limit(1);
    expect(last).toMatchObject({ type, ip: "192.0.2.66", loginIdCanonical: null, success: false });
  }
  const missing = await client("POST", "/api/auth/callback/password", {
    body: "loginId=x&password=y",
    headers: { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": "192.0.2.66" },
  });
  expect(missing.headers.get("location")).toContain("MissingCSRF");
  expect(await site.ctx().db.$count(attempts, and(eq(attempts.ip, "192.0.2.66"), eq(attempts.type, "login")))).toBe(2);
  const signInWith = await signInBy(behind.url);
  const fromThere = () => signInWith(newName(), WRONG, { "x-forwarded-for": "192.0.2.66" });
  expect(told([await fromThere(), await fromThere(), await fromThere()])).toEqual({ in: 0, invalid: 2, blocked: 1 });
  await Promise.all([stop(direct), stop(behind)]);
});

test("switched off, nothing is limited and nothing recorded", async () => {
  const { loginId } = await addSomebody();
  const unlimited = await site.startAnother({ ATTEMPT_LIMIT_ENABLED: "false" });
  const signInWith = await signInBy(unlimited.url);
  const wrong = await Promise.all(Array.from({ length: LIMIT + 5 }, () => signInWith(loginId)));
  expect(told(wrong)).toEqual({ in: 0, invalid: LIMIT + 5, blocked: 0 });
  expect(isIn(await signInWith(loginId, PASSWORD))).toBe(true);
  expect(await attemptsOf(loginId)).toEqual([]);
  expect(await site.ctx().db.$count(attemptBudgets, eq(attemptBudgets.key, loginId))).toBe(0);
  await stop(unlimited);
});

test("while the limiter cannot decide nobody gets in, and afterwards everybody does", async ({ page }) => {
  const { id, loginId } = await addSomebody();
  const signInWith = await signInBy(site.url);
  const submit = await formOn("/login");
  const client = await connect(site.databaseUrl);
  const refused = async () => {
    const [answer, form] = [
      await signInWith(loginId, PASSWORD),
      await submit(["loginId", loginId], ["password", PASSWORD]),
    ];
    expect([answer.status, form.status]).toEqual([503, 503]);
    expect([isIn(answer), isIn(form)]).toEqual([false, false]);
  };
  try {
    await client.query("alter table attempt_budgets rename to attempt_budgets_gone");
    await refused();
    await page.goto(`${site.url}/login`);
    await logIn(page, loginId);
    await expect(page.getByRole("main").getByRole("alert")).toContainText("not possible right now");
    await client.query("alter table attempt_budgets_gone rename to attempt_budgets");

    await client.query("begin; lock table attempt_budgets in access exclusive mode");
    await refused();
    await client.query("rollback");
  } finally {
    await client.end();
  }
  expect(await site.ctx().db.$count(sessions, eq(sessions.userId, id))).toBe(0);
  expect(isIn(await signInWith(loginId, PASSWORD))).toBe(true);
});
