import { eq } from "drizzle-orm";
import { base64url } from "jose";
import { findLinkHolder, type LinkPurpose, linkPath, signLinkToken } from "@/lib/auth/links";
import { users } from "@/lib/db/schema/users";
import { withEnvironment } from "@/lib/testing/environment";
import { newUser, type UserInput } from "@/lib/users/schema";
import { deleteUser, getUser, setPassword, updateUser } from "@/lib/users/service";
import { expect, logIn, test } from "./fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "./support/api";
import { type ActionFields, actionOn, formData } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { toldBy } from "./support/mail";
import { addPerson } from "./support/people";
import type { Server } from "./support/server";

const NEW_PASSWORD = "seven herons on one leg";
const INVALID = "/forgot-password?link=invalid";
const HOURS_4 = 4 * 60 * 60;

type Purpose = "reset" | "verify";
type Link = { purpose: Purpose; userId: string; token: string };

let site: Isolated;
/** Behind the same address as the first, as behind a load balancer. */
let another: Server;
let client: Client;
let people = 0;
/** All that were signed, for the search in the logs. */
const signed: string[] = [];

const addSomebody = (isVerified: boolean): Promise<string> => {
  people += 1;
  return addPerson(site.ctx(), `somebody-${people}@example.com`, isVerified ? {} : { password: "" });
};

/** @param age seconds that have passed since */
async function sign(userId: string, purpose: LinkPurpose, age = 0): Promise<string> {
  const holder = await findLinkHolder(site.ctx().db, eq(users.id, userId));
  if (!holder) throw new Error(`no user ${userId}`);
  const { token } = await signLinkToken({ ...holder, now: holder.now - age }, purpose);
  signed.push(token);
  return token;
}

/** A good link of somebody new. */
async function newLink(purpose: Purpose, age = 0): Promise<Link> {
  const userId = await addSomebody(purpose === "reset");
  return { purpose, userId, token: await sign(userId, purpose, age) };
}

const addressOf = ({ purpose, userId, token }: Link) =>
  `${linkPath(purpose)}/${encodeURIComponent(userId)}/${encodeURIComponent(token)}`;

const cookieFor = ({ userId, token }: Link) => `gatehouse-link=${encodeURIComponent(`${userId}.${token}`)}`;

const open = (link: Link, method = "GET") => client(method, addressOf(link));

const openForm = (link: Link) => client("GET", linkPath(link.purpose), { headers: { cookie: cookieFor(link) } });

/** Posts the form behind a link, as a browser without scripts that has opened it. */
function submit(link: Link, action: ActionFields, password: string, via = client): Promise<Answer> {
  const fields = [
    ["purpose", link.purpose],
    ["password", password],
    ["confirm", password],
  ] as const;
  const { host } = new URL(site.url);
  const headers = { cookie: cookieFor(link), origin: site.url, "x-forwarded-host": host };
  return via("POST", linkPath(link.purpose), { body: formData(action, fields), headers });
}

async function redeem(link: Link, password = NEW_PASSWORD): Promise<void> {
  const answer = await submit(link, actionOn((await openForm(link)).text), password);
  expect(answer.headers.get("location")).toBe("/login");
}

async function edit(id: string, patch: Partial<UserInput>): Promise<void> {
  const { version, loginId } = await getUser(site.ctx(), id);
  await updateUser(site.ctx(), id, version, { ...newUser, loginId, ...patch });
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Changes the lowest bit of one character; in the last one of a part, that may be a bit that no byte needs. */
function flipped(token: string, part: number, at: "first" | "middle" | "last"): string {
  const parts = token.split(".");
  const text = parts[part] ?? "";
  const index = { first: 0, middle: text.length >> 1, last: text.length - 1 }[at];
  const other = ALPHABET[ALPHABET.indexOf(text[index] ?? "") ^ 1] ?? "";
  parts[part] = text.slice(0, index) + other + text.slice(index + 1);
  return parts.join(".");
}

function withAlgorithm(token: string, alg: string, signature?: string): string {
  const [, payload = "", own = ""] = token.split(".");
  return [base64url.encode(JSON.stringify({ alg })), payload, signature ?? own].join(".");
}

/** A link that was good until `change`. */
async function spoilt(purpose: Purpose, change: (link: Link) => Promise<unknown>): Promise<Link> {
  const link = await newLink(purpose);
  expect((await open(link)).headers.get("location")).toBe(linkPath(purpose));
  await change(link);
  return link;
}

const withToken = async (purpose: Purpose, change: (token: string, userId: string) => string | Promise<string>) => {
  const link = await newLink(purpose);
  return { ...link, token: await change(link.token, link.userId) };
};

const withId = async (userId: string) => ({ ...(await newLink("reset")), userId });

const loginIdOf = async ({ userId }: Link) => (await getUser(site.ctx(), userId)).loginId;

/** Links that are good for nothing, each for another reason. */
const bad: Record<string, () => Promise<Link>> = {
  "used to reset": () => spoilt("reset", (link) => redeem(link)),
  "used to verify": () => spoilt("verify", (link) => redeem(link)),
  "another was used": () =>
    spoilt("reset", async ({ purpose, userId }) => redeem({ purpose, userId, token: await sign(userId, "reset", 60) })),
  "expired reset": () => newLink("reset", HOURS_4 + 1),
  "expired verify": () => newLink("verify", HOURS_4 + 1),
  "signed in since": () => spoilt("reset", ({ userId }) => cookieOf(site.ctx(), userId)),
  "new password since": () =>
    spoilt("reset", async (link) => setPassword(site.ctx(), await loginIdOf(link), NEW_PASSWORD)),
  "verified since": () =>
    spoilt("verify", async (link) => setPassword(site.ctx(), await loginIdOf(link), NEW_PASSWORD)),
  "new login since": () =>
    spoilt("reset", async (link) => edit(link.userId, { loginId: `moved-${await loginIdOf(link)}` })),
  "new login since, unverified": () =>
    spoilt("verify", async (link) => edit(link.userId, { loginId: `moved-${await loginIdOf(link)}` })),
  disabled: () => spoilt("reset", ({ userId }) => edit(userId, { isEnabled: false })),
  "disabled by date": () => spoilt("reset", ({ userId }) => edit(userId, { disabledAt: "2020-01-01" })),
  "disabled, unverified": () => spoilt("verify", ({ userId }) => edit(userId, { isEnabled: false })),
  deleted: () => spoilt("reset", ({ userId }) => deleteUser(site.ctx(), userId)),
  "verify at reset": () => withToken("reset", (_, userId) => sign(userId, "verify")),
  "verify at reset, unverified": async () => ({ ...(await newLink("verify")), purpose: "reset" }),
  "reset at verify": async () => ({ ...(await newLink("reset")), purpose: "verify" }),
  "reset at verify, unverified": () => withToken("verify", (_, userId) => sign(userId, "reset")),
  "confirm-login at reset": () => withToken("reset", (_, userId) => sign(userId, "confirm-login")),
  "resend at verify": () => withToken("verify", (_, userId) => sign(userId, "resend")),
  "somebody else's": async () => withId(await addSomebody(true)),
  "other secret": () =>
    withToken("reset", (_, userId) => withEnvironment({ AUTH_SECRET: "x".repeat(40) }, () => sign(userId, "reset"))),
  "other site": () =>
    withToken("reset", (_, userId) =>
      withEnvironment({ AUTH_URL: "https://elsewhere.example" }, () => sign(userId, "reset")),
    ),
  "alg none": () => withToken("reset", (token) => withAlgorithm(token, "none", "")),
  "alg none, signed": () => withToken("reset", (token) => withAlgorithm(token, "none")),
  "alg HS256": () => withToken("reset", (token) => withAlgorithm(token, "HS256")),
  ...Object.fromEntries(
    [0, 1, 2].flatMap((part) =>
      (["first", "middle", "last"] as const).map((at) => [
        `${at} character of part ${part}`,
        () => withToken("reset", (token) => flipped(token, part, at)),
      ]),
    ),
  ),
  "no signature": () => withToken("reset", (token) => token.slice(0, token.lastIndexOf("."))),
  "padded with =": () => withToken("reset", (token) => `${token}=`),
  "with a blank": () => withToken("reset", (token) => `${token} `),
  "no token": () => withToken("reset", () => "x"),
  "3 KB of token": () => withToken("reset", (token) => token + "A".repeat(3_000)),
  "10 KB of token": () => withToken("verify", () => "A".repeat(10_000)),
  "id 1": () => withId("1"),
  "id of nobody": () => withId("00000000-0000-0000-0000-000000000000"),
  "id with NUL": () => withId("\0"),
  "id with a quote": () => withId("' or true --"),
  "id with a percent sign": () => withId("%"),
  "id in other letters": () => withId("ñandú 🦆"),
};

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startIsolated("mail_links", { ATTEMPT_LIMIT_ENABLED: "false" });
  another = await site.startAnother({ AUTH_URL: site.url });
  client = clientOf(site.url);
});

test.afterAll(() => site.end());

test("whatever is wrong with a link, it leads to one page, by its address, at its form and on sending that", async () => {
  const lasting = await newLink("reset", HOURS_4 - 60);
  expect((await open(lasting)).headers.get("location")).toBe("/reset-password");
  const actions = {
    reset: actionOn((await openForm(lasting)).text),
    verify: actionOn((await openForm(await newLink("verify"))).text),
  };
  const seen = async (link: Link) => ({
    address: toldBy(await open(link)),
    form: toldBy(await openForm(link)),
    sending: toldBy(await submit(link, actions[link.purpose], NEW_PASSWORD)),
  });
  const neutral = {
    reset: await seen({ purpose: "reset", userId: "nobody", token: "nothing" }),
    verify: await seen({ purpose: "verify", userId: "nobody", token: "nothing" }),
  };
  for (const { address, form, sending } of Object.values(neutral)) {
    expect([address.status, form.status, sending.status]).toEqual([303, 307, 303]);
    for (const { headers } of [address, form, sending]) expect(headers).toContain(`location: ${INVALID}`);
    expect(address.headers.join()).not.toContain("set-cookie");
  }
  for (const [name, make] of Object.entries(bad)) {
    const link = await make();
    expect.soft(await seen(link), name).toEqual(neutral[link.purpose]);
  }
  const page = await client("GET", INVALID);
  expect(page.status).toBe(200);
  expect(page.text).toContain("Authentication token was invalid or expired. Please fill out the form below");
  // The good one was of use to nobody else, and is still good.
  expect((await open(lasting)).headers.get("location")).toBe("/reset-password");
});

test("an address of 100 KB does not get as far as to the app", async () => {
  const link = { purpose: "reset" as const, userId: await addSomebody(true), token: "A".repeat(100_000) };
  expect((await open(link)).status).toBe(431);
  expect((await openForm(link)).status).toBe(431);
});

test("opening a link does not use it up, and leaves nothing of it behind", async ({ browser }) => {
  const link = await newLink("verify");
  const loginId = await loginIdOf(link);
  for (let n = 0; n < 10; n++) {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await open(link, method);
      expect([status, headers.get("location")]).toEqual([303, "/verify-account"]);
      expect(headers.get("cache-control")).toBe("no-store");
    }
  }
  const context = await browser.newContext({ baseURL: site.url });
  const page = await context.newPage();
  await page.goto(addressOf(link));
  expect(page.url()).toBe(`${site.url}/verify-account`);
  expect(await page.content()).not.toContain(link.token);
  expect(await page.evaluate(() => document.cookie)).not.toContain("gatehouse-link");
  const [cookie, ...more] = (await context.cookies()).filter(({ value }) => value.includes(link.token));
  expect(more).toEqual([]);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/verify-account" });
  await page.reload();
  await page.locator("[name=password]").fill(NEW_PASSWORD);
  await page.locator("[name=confirm]").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Verify & Set Password" }).click();
  await expect(page).toHaveURL("/login");
  expect((await context.cookies()).map(({ name }) => name)).not.toContain("gatehouse-link");
  // Nobody is signed in by it.
  expect((await page.request.get("/api/me")).status()).toBe(401);
  await page.goto("/verify-account");
  await expect(page).toHaveURL(INVALID);
  await page.goto("/login");
  await logIn(page, loginId, NEW_PASSWORD);
  await expect(page).toHaveURL("/");
  await context.close();
});

test("of 20 who send the form at once to two servers, one sets the password", async () => {
  const link = await newLink("reset");
  const loginId = await loginIdOf(link);
  const action = actionOn((await openForm(link)).text);
  const servers = [client, clientOf(another.url)];
  const passwords = Array.from({ length: 20 }, (_, n) => `${n} ponies jump over a fence`);
  const answers = await Promise.all(
    passwords.map((password, n) => submit(link, action, password, servers[n % servers.length])),
  );
  const outcomes = answers.map(({ status, headers }) => `${status} ${headers.get("location")}`);
  expect(outcomes.toSorted()).toEqual([...Array(19).fill(`303 ${INVALID}`), "303 /login"]);

  const login = actionOn((await client("GET", "/login")).text);
  const signsIn = async (password: string) => {
    const fields = [["loginId", loginId] as const, ["password", password] as const];
    const { headers } = await client("POST", "/login", { body: formData(login, fields) });
    return headers.get("location") === "/";
  };
  const accepted = [];
  for (const password of passwords) accepted.push(await signsIn(password));
  expect(accepted).toEqual(outcomes.map((outcome) => outcome === "303 /login"));
});

test("no log has a token", () => {
  const output = site.server.output() + another.output();
  expect(signed.length).toBeGreaterThan(Object.keys(bad).length);
  const secrets = signed.map((token) => token.slice(token.lastIndexOf(".") + 1));
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
  expect(output).not.toMatch(/error/i);
});
