import { and, eq, gt, sql } from "drizzle-orm";
import { expect, logIn, test } from "@/e2e/fixtures";
import { type Answer, clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, alertIn, formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import type { Server } from "@/e2e/support/server";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { accessTokens, sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { withEnvironment } from "@/lib/testing/environment";

/** The clock of a server process is wrong by up to a day; that of the database, which decides, is right. */

test.describe.configure({ mode: "serial" });

const LIBRARY = process.env.FAKETIME_PATH ?? "";

let site: Isolated;
let people = 0;

test.beforeAll(async () => {
  site = await startIsolated("clock", { SMTP_URL: "smtp://127.0.0.1:1", ATTEMPT_IP_LIMIT: "0" });
});
test.afterAll(() => site?.end());

const somebody = async () => {
  people += 1;
  const loginId = `clock-${people}@example.com`;
  return { loginId, id: await addPerson(site.ctx(), loginId) };
};

type User = Awaited<ReturnType<typeof somebody>>;

/** Makes the moment at which an account is disabled come by the clock of the database. */
const disableIn = ({ id }: User, minutes: number) =>
  site
    .ctx()
    .db.update(users)
    .set({ disabledAt: sql`now() + make_interval(mins => ${minutes})` })
    .where(eq(users.id, id));

const isIn = ({ headers }: Answer) => headers.getSetCookie().some((each) => /^gatehouse-session=[\w-]{43}/.test(each));

async function visitorsOf({ url }: Server) {
  const client = clientOf(url);
  const login = actionOn((await client("GET", "/login")).text);
  const signIn = ({ loginId }: User, password = PASSWORD) =>
    client("POST", "/login", {
      body: formData(login, [
        ["loginId", loginId],
        ["password", password],
      ]),
    });
  return { client, signIn };
}

for (const [offset, seconds] of [
  ["+1d", 86_400],
  ["-1d", -86_400],
  ["+1h", 3_600],
  ["-1h", -3_600],
] as const) {
  const tag = offset === "+1d" ? ["@fault"] : ["@fault", "@long"];

  test.describe(`a server whose clock is ${offset} off`, { tag }, () => {
    let server: Server;
    test.beforeAll(async () => {
      test.skip(LIBRARY === "", "needs libfaketime (FAKETIME_PATH)");
      const FAKETIME = offset;
      const faked = { LD_PRELOAD: LIBRARY, FAKETIME, FAKETIME_DONT_FAKE_MONOTONIC: "1", DONT_FAKE_MONOTONIC: "1" };
      server = await site.startAnother(faked);
    });

    test("lets people in with a real browser, and keeps them in", async ({ page }) => {
      const ann = await somebody();
      const { headers } = await clientOf(server.url)("GET", "/login");
      // It really is wrong.
      const off = (new Date(headers.get("date") ?? 0).getTime() - Date.now()) / 1000;
      expect(Math.abs(off - seconds)).toBeLessThan(600);
      await page.goto(`${server.url}/login?next=/account`);
      await logIn(page, ann.loginId);
      await expect(page).toHaveURL(`${server.url}/account`);
      await page.reload();
      await expect(page).toHaveURL(`${server.url}/account`);
      const isLater = gt(auditEvents.createdAt, sql`now() + interval '10 seconds'`);
      expect(await site.ctx().db.$count(auditEvents, isLater)).toBe(0);
      const signedIn = and(eq(auditEvents.entityId, ann.id), eq(auditEvents.action, "sign-in"));
      const isNow = gt(auditEvents.createdAt, sql`now() - interval '10 minutes'`);
      expect(await site.ctx().db.$count(auditEvents, and(signedIn, isNow))).toBe(1);
    });

    test("ends sessions and tokens when the database says so, and not before", async () => {
      const ann = await somebody();
      const own = eq(sessions.userId, ann.id);
      const cookie = await cookieOf(site.ctx(), ann.id);
      const { accessToken } = await createAccessToken(site.ctx(), ann, { minutes: 10 });
      const byCookie = async () => (await clientOf(server.url, cookie)("GET", "/api/me")).status;
      const headers = { authorization: `Bearer ${accessToken}` };
      const byToken = async () => (await clientOf(server.url)("GET", "/api/me", { headers })).status;
      await site.ctx().db.update(sessions).set({ expiresAt: sql`now() + interval '5 minutes'` }).where(own);
      expect([await byCookie(), await byToken()]).toEqual([200, 200]);
      await site.ctx().db.update(sessions).set({ expiresAt: sql`now()` }).where(own);
      await site.ctx().db.update(accessTokens).set({ expiresAt: sql`now()` }).where(eq(accessTokens.userId, ann.id));
      expect([await byCookie(), await byToken()]).toEqual([401, 401]);
    });

    test("makes tokens and sessions that are good at every other server", async () => {
      const ann = await somebody();
      const { signIn } = await visitorsOf(server);
      const cookie = (await signIn(ann)).headers
        .getSetCookie()
        .map((each) => each.split(";")[0])
        .join("; ");
      expect((await clientOf(site.url, cookie)("GET", "/api/me")).status).toBe(200);
    });

    test("disables accounts when the database says so, and not before", async () => {
      const { signIn } = await visitorsOf(server);
      const ann = await somebody();
      await disableIn(ann, 30);
      expect(isIn(await signIn(ann))).toBe(true);
      await disableIn(ann, -30);
      const refused = await signIn(ann);
      expect(isIn(refused)).toBe(false);
      expect(alertIn(refused)).toMatch(/disabled/);
    });

    test("knows the age of links, and the end of locks", async () => {
      const { client, signIn } = await visitorsOf(server);
      const ann = await somebody();
      const open = async (age: number) => {
        const holder = await findLinkHolder(site.ctx().db, eq(users.id, ann.id));
        if (!holder) throw new Error("nobody there");
        const sign = () => signLinkToken({ ...holder, now: holder.now - age }, "reset", { minutes: 60 });
        const { token } = await withEnvironment({ AUTH_URL: server.url }, sign);
        return (await client("GET", `/reset-password/${ann.id}/${token}`)).headers.get("location");
      };
      expect(await open(3_500)).toBe("/reset-password");
      expect(await open(3_700)).not.toBe("/reset-password");
      for (let n = 0; n < 15; n += 1) await signIn(ann, "not the password");
      expect(alertIn(await signIn(ann))).toMatch(/^Too many failed login attempts\. Try again in (59|60) minutes\.$/);
      const atTheOther = await visitorsOf(site.server);
      expect(alertIn(await atTheOther.signIn(ann))).toMatch(/^Too many failed login attempts/);
    });
  });
}
