import { eq, sql } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
import { ask } from "@/e2e/support/load";
import { addPerson, managePermissionId, PASSWORD } from "@/e2e/support/people";
import { type ScaledSite, startScaledSite } from "@/e2e/support/scaling/site";
import { isIn, signInBy, told } from "@/e2e/support/sign-in";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { connect } from "@/lib/db/client";
import { attempts, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";

/** What people meet where every request goes to another process, behind HAProxy or nginx, PgBouncer and no memory. */

const LIMIT = 15;

let site: ScaledSite;
let people = 0;

async function addSomebody(grants: Parameters<typeof addPerson>[2] = {}) {
  people += 1;
  const loginId = `somebody-${people}@example.com`;
  return { id: await addPerson(site.ctx(), loginId, grants), loginId };
}

/** Which of the processes have answered the requests with these ids. */
async function answeredBy(...headers: Headers[]): Promise<number[]> {
  const ids = headers.map((each) => each.get("x-request-id") ?? "no id");
  const by = (id: string) => site.apps.findIndex(({ output }) => output().includes(`"requestId":"${id}"`));
  await expect.poll(() => ids.map(by)).not.toContain(-1);
  return ids.map(by);
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startScaledSite({ ATTEMPT_IP_LIMIT: "0", EMAIL_ENABLED: "false" });
});

test.afterAll(() => site?.end());

test("somebody signs in and walks, each step at another process, and is out everywhere @scaling", async () => {
  const { id, loginId } = await addSomebody({ isSuperuser: true });
  const client = clientOf(site.url);
  const page = await client("GET", "/login");
  const fields = [
    ["loginId", loginId],
    ["password", PASSWORD],
  ] as const;
  const entered = await client("POST", "/login", { body: formData(actionOn(page.text), fields) });
  expect(isIn(entered)).toBe(true);
  // What one process has rendered the other has understood.
  const [rendered, posted] = await answeredBy(page.headers, entered.headers);
  expect(posted).not.toBe(rendered);

  const cookie = entered.headers
    .getSetCookie()
    .map((each) => each.replace(/;.*/, ""))
    .join("; ");
  const signedIn = clientOf(site.url, cookie);
  const steps = [];
  for (const path of ["/", "/account", "/admin/users", "/admin/audit", "/api/me", "/api/users"]) {
    steps.push(await signedIn("GET", path));
  }
  expect(steps.map(({ status }) => status)).toEqual(steps.map(() => 200));
  expect(new Set(await answeredBy(...steps.map(({ headers }) => headers))).size).toBe(2);
  expect(await site.ctx().db.$count(sessions, eq(sessions.userId, id))).toBe(1);

  expect((await signedIn("POST", "/logout")).status).toBe(303);
  for (const app of site.apps) expect((await clientOf(app.url, cookie)("GET", "/api/me")).status).toBe(401);
});

test("a form with what its action needs inside is good at the other process @scaling", async () => {
  const { id } = await addSomebody({ isSuperuser: true });
  const client = clientOf(site.url, await cookieOf(site.ctx(), id));
  const form = await client("GET", "/admin/groups/add");
  const saved = await client("POST", "/admin/groups/add", {
    body: formData(actionOn(form.text), [["name", "Night shift"]]),
  });
  expect([saved.status, saved.headers.get("location")]).toEqual([303, expect.stringContaining("/admin/groups")]);
  const [rendered, posted] = await answeredBy(form.headers, saved.headers);
  expect(posted).not.toBe(rendered);
});

test("of 200 wrong passwords at once exactly the limit is looked at @scaling", async () => {
  const { loginId } = await addSomebody();
  const signInWith = await signInBy(site.url);
  const answers = await Promise.all(Array.from({ length: 200 }, () => signInWith(loginId)));
  expect(told(answers)).toEqual({ in: 0, invalid: LIMIT, blocked: 200 - LIMIT });
  expect(new Set(await answeredBy(...answers.map(({ headers }) => headers))).size).toBe(2);
});

test("of 20 who redeem one link at once one does @scaling", async () => {
  const { id, loginId } = await addSomebody();
  const holder = await findLinkHolder(site.ctx().db, eq(users.id, id));
  if (!holder) throw new Error("no user");
  const { token } = await signLinkToken(holder, "reset");
  const headers = { cookie: `gatehouse-link=${encodeURIComponent(`${id}.${token}`)}` };
  const client = clientOf(site.url);
  const action = actionOn((await client("GET", "/reset-password", { headers })).text);
  const chosen = (n: number) => `password number ${n} of twenty`;
  const redeem = (n: number) => {
    const fields = [
      ["purpose", "reset"],
      ["password", chosen(n)],
      ["confirm", chosen(n)],
    ] as const;
    return client("POST", "/reset-password", { body: formData(action, fields), headers });
  };
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => redeem(n)));
  const done = answers.flatMap(({ headers }, n) => (headers.get("location") === "/login" ? [n] : []));
  expect(done).toHaveLength(1);
  const signInWith = await signInBy(site.url);
  expect(isIn(await signInWith(loginId, chosen(done[0] ?? -1)))).toBe(true);
});

test("a permission that is taken away is gone with the next request, at every process @scaling", async () => {
  const manage = await managePermissionId(site.ctx());
  const { id } = await addSomebody({ permissionIds: [manage] });
  const cookie = await cookieOf(site.ctx(), id);
  const seen = () =>
    Promise.all(site.apps.map(async ({ url }) => (await clientOf(url, cookie)("GET", "/admin/users")).status));
  expect(await seen()).toEqual([200, 200]);
  await site.ctx().db.execute(sql`delete from user_permissions where user_id = ${id}`);
  expect(await seen()).toEqual([403, 403]);
});

test("the address of a client is its own, whatever it says, behind both balancers @scaling", async () => {
  for (const base of [site.url, site.nginxUrl]) {
    const { loginId } = await addSomebody();
    const signInWith = await signInBy(base, site.url);
    expect(told([await signInWith(loginId, undefined, { "x-forwarded-for": "198.51.100.7" })]).invalid).toBe(1);
    expect(isIn(await signInWith(loginId, PASSWORD, { "x-forwarded-for": "198.51.100.7" }))).toBe(true);
    const noted = await site.ctx().db.select().from(attempts).where(eq(attempts.loginIdCanonical, loginId));
    expect(noted.map(({ ip }) => ip)).toEqual(["127.0.0.1", "127.0.0.1"]);
  }
});

test("behind the pooler no statement waits for ever, and a limiter that cannot decide lets nobody in @scaling", async () => {
  const { rows } = await site.ctx().db.execute(sql`
    select current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`);
  expect(rows).toEqual([{ statement: "30s", idle: "1min" }]);
  const { loginId } = await addSomebody();
  const signInWith = await signInBy(site.url);
  const holder = await connect(site.cluster.primary.url);
  try {
    await holder.query("begin; lock table attempt_budgets in access exclusive mode");
    const answer = await signInWith(loginId, PASSWORD);
    expect([answer.status, isIn(answer)]).toEqual([503, false]);
    // What nobody waits for any more does not wait for the lock either.
    const waiting =
      "select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'gatehouse decisions'";
    await expect.poll(() => site.cluster.ask("primary", waiting)).toEqual([]);
  } finally {
    await holder.end();
  }
  expect(isIn(await signInWith(loginId, PASSWORD))).toBe(true);
});

type Told = { kind: string; status?: number; reason?: string };

test("a process that is killed, and one that ends in order, are left out until they are back, and nobody notices @scaling", async () => {
  const { id } = await addSomebody();
  const headers = { cookie: await cookieOf(site.ctx(), id) };
  const port = Number(new URL(site.url).port);
  const reported = (n: number, state: "DOWN" | "UP") =>
    site.haproxy.output().split(`Server gatehouse/app${n} is ${state}`).length;
  const answers = (which: 0 | 1) => site.apps[which].output().split('"path":"/api/me"').length;
  for (const [signal, which] of [
    ["SIGKILL", 0],
    ["SIGTERM", 1],
  ] as const) {
    let isEnough = false;
    const walk = async () => {
      const outcomes: Told[] = [];
      while (!isEnough) outcomes.push(await ask(port, "/api/me", headers));
      return outcomes;
    };
    const walks = Array.from({ length: 8 }, walk);
    await expect.poll(() => answers(which)).toBeGreaterThan(10);
    const [down, up] = [reported(which + 1, "DOWN"), reported(which + 1, "UP")];
    site.apps[which].child.kill(signal);
    await expect.poll(() => reported(which + 1, "DOWN")).toBeGreaterThan(down);
    await site.apps[which].exited;
    await site.restart(which);
    await expect.poll(() => reported(which + 1, "UP")).toBeGreaterThan(up);
    await expect.poll(() => answers(which)).toBeGreaterThan(10);
    isEnough = true;
    const outcomes = (await Promise.all(walks)).flat();
    // What a process had half said when it was killed nobody can say to the end.
    const isHalfSaid = ({ kind, reason }: Told) =>
      signal === "SIGKILL" && kind === "broken" && reason?.includes("in the answer");
    expect(outcomes.filter((each) => each.status !== 200 && !isHalfSaid(each))).toEqual([]);
  }
});
