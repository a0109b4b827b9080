import { eq, inArray, sql } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { postedForm } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { isIn, signInBy } from "@/e2e/support/sign-in";
import { settings } from "@/lib/config/settings";
import { accessTokens, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { setPassword } from "@/lib/users/service";

/** Check-then-act: whatever is asked of two processes at the same moment, one rule holds for both. */

const FORGOT_LIMIT = 15;
const OTHER_PASSWORD = "nine herons on one leg";

let site: Isolated;
/** The addresses of two processes on one database. */
let bases: [string, string];
let people = 0;

const newName = (stem = "racer") => {
  people += 1;
  return `${stem}-${people}@example.com`;
};

/** Requests of one session by either process, as behind one address. */
const clientAt = (base: string, cookie?: string): Client => {
  const client = clientOf(base, cookie);
  const behind = { origin: site.url, "x-forwarded-host": new URL(site.url).host };
  return (method, path, sending = {}) =>
    client(method, path, { ...sending, headers: { ...behind, ...sending.headers } });
};

const both = async (id: string): Promise<[Client, Client]> => {
  const cookie = await cookieOf(site.ctx(), id);
  return [clientAt(bases[0], cookie), clientAt(bases[1], cookie)];
};

/** As many at once, every other one at each process. */
const atOnce = <T>(amount: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: amount }, (_, n) => work(n)));

const sorted = (answers: Answer[]) => answers.map(({ status }) => status).sort((a, b) => a - b);

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  // Nobody listens there: what is mailed stays in the outbox.
  site = await startIsolated("races", { ATTEMPT_IP_LIMIT: "0", SMTP_URL: "smtp://127.0.0.1:1" });
  const another = await site.startAnother({ AUTH_URL: site.url });
  bases = [site.url, another.url];
});

test.afterAll(() => site.end());

test("two superusers demote, disable and delete each other by two processes: one remains each time", async () => {
  const ctx = site.ctx();
  const staying = sql`is_superuser and is_enabled and disabled_at is null`;
  const attacks: ((client: Client, id: string) => Promise<Answer>)[] = [
    (client, id) => client("PATCH", `/api/users/${id}`, { body: { isSuperuser: false } }),
    (client, id) => client("PATCH", `/api/users/${id}`, { body: { isEnabled: false } }),
    (client, id) => client("PATCH", `/api/users/${id}`, { body: { disabledAt: "2099-01-01" } }),
    (client, id) => client("DELETE", `/api/users/${id}`),
  ];
  for (let round = 0; round < 8; round += 1) {
    await ctx.db.update(users).set({ isSuperuser: false });
    const pair = [newName("super"), newName("super")];
    const [ann = "", bob = ""] = await Promise.all(pair.map((each) => addPerson(ctx, each, { isSuperuser: true })));
    const [[annThere], [, bobThere]] = await Promise.all([both(ann), both(bob)]);
    const [attack, answer] = [attacks[round % 4], attacks[(round >> 1) % 4]];
    if (!attack || !answer) throw new Error("no such attack");
    const outcomes = await Promise.all([attack(annThere, bob), answer(bobThere, ann)]);
    expect(await ctx.db.$count(users, staying), `round ${round}: ${sorted(outcomes)}`).toBe(1);
    expect(outcomes.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status >= 500)).toEqual([]);
    await ctx.db.delete(users).where(inArray(users.id, [ann, bob]));
  }
});

test("of 30 who add one login in different spellings at once, one does", async () => {
  const root = await both(await addPerson(site.ctx(), newName("root"), { isSuperuser: true }));
  for (let round = 0; round < 2; round += 1) {
    const name = newName("k\u00e9nk");
    const spellings = [name, name.toUpperCase(), ` ${name} `, name.replaceAll("k", "\u212a"), name.normalize("NFD")];
    const answers = await atOnce(30, (n) =>
      (n % 2 ? root[1] : root[0])("POST", "/api/users", { body: { loginId: spellings[n % spellings.length] } }),
    );
    expect(sorted(answers)).toEqual([201, ...Array(29).fill(409)]);
    expect(await site.ctx().db.$count(users, eq(users.loginIdCanonical, name))).toBe(1);
  }
});

test("of 20 changes of one record that were all begun from the same version, one is made", async () => {
  const root = await both(await addPerson(site.ctx(), newName("root"), { isSuperuser: true }));
  const made = await root[0]("POST", "/api/groups", { body: { name: newName("versioned") } });
  const path = `/api/groups/${made.json.id}`;
  const headers = { "if-match": made.headers.get("etag") ?? "" };
  const answers = await atOnce(20, (n) =>
    (n % 2 ? root[1] : root[0])("PATCH", path, { body: { name: newName(`writer-${n}`) }, headers }),
  );
  expect(sorted(answers)).toEqual([200, ...Array(19).fill(412)]);
  const [winner] = answers.filter(({ status }) => status === 200);
  expect((await root[0]("GET", path)).json.name).toBe(winner?.json.name);
});

test("of 100 who ask for a link for one account at once, as many as the limit are mailed one", async () => {
  await site.ctx().db.execute(sql`
    create table queued (login_id text);
    create function note_queued() returns trigger language plpgsql as
      'begin insert into queued values (new.login_id); return new; end';
    create trigger note_queued after insert on mail_outbox for each row execute function note_queued();
  `);
  const forms = await Promise.all(bases.map((base) => postedForm(clientAt(base), "/forgot-password")));
  const known = newName("forgetful");
  await addPerson(site.ctx(), known);
  for (const [email, amount] of [
    [known, 100],
    [newName("nobody"), 40],
  ] as const) {
    const answers = await atOnce(amount, (n) => (forms[n % 2] ?? forms[0])?.(["email", email]) as Promise<Answer>);
    const { rows } = await site.ctx().db.execute(sql`select 1 from queued where login_id = ${email}`);
    expect(rows).toHaveLength(FORGOT_LIMIT);
    const kinds = answers.map(({ status, text }) => `${status} ${text.includes("Too many failed attempts.")}`);
    expect(kinds.filter((kind) => kind === "303 false")).toHaveLength(FORGOT_LIMIT);
    expect(kinds.filter((kind) => kind === "200 true")).toHaveLength(amount - FORGOT_LIMIT);
  }
});

test("of 12 changes of one's own password at once, begun with the same old one, one is made", async () => {
  const loginId = newName("changing");
  const own = await both(await addPerson(site.ctx(), loginId));
  const forms = await Promise.all(own.map((client) => postedForm(client, "/account")));
  const passwords = Array.from({ length: 12 }, (_, n) => `${n} ponies jump over a fence`);
  const answers = await Promise.all(
    passwords.map(
      (password, n) =>
        forms[n % 2]?.(["currentPassword", PASSWORD], ["password", password], ["confirm", password]) as Promise<Answer>,
    ),
  );
  const made = passwords.filter(
    (_, n) => answers[n]?.status === 303 && answers[n]?.headers.get("location") === "/account",
  );
  expect(made, answers.map(({ status, headers }) => `${status} ${headers.get("location")}`).join()).toHaveLength(1);
  const signIn = await signInBy(bases[1], site.url);
  const accepted = [];
  for (const password of [PASSWORD, ...passwords]) if (isIn(await signIn(loginId, password))) accepted.push(password);
  expect(accepted).toEqual(made);
});

test("no session begins with an old password that is being changed, or in an account that is being disabled", async () => {
  const root = await both(await addPerson(site.ctx(), newName("root"), { isSuperuser: true }));
  const ends: ((id: string, loginId: string) => Promise<unknown>)[] = [
    (id) => root[1]("PATCH", `/api/users/${id}`, { body: { isEnabled: false } }),
    (id) => root[1]("DELETE", `/api/users/${id}`),
    (_, loginId) => setPassword(site.ctx(), loginId, OTHER_PASSWORD),
  ];
  for (const end of ends) {
    const loginId = newName("ending");
    const id = await addPerson(site.ctx(), loginId);
    const ways = [await signInBy(bases[0], site.url), await signInBy(bases[1], site.url)];
    let ended: Promise<unknown> | undefined;
    // In the middle of them, so that some are before, some after and some at the same moment.
    const answers = await atOnce(16, async (n) => {
      if (n === 8) ended = end(id, loginId);
      return ways[n % 2]?.(loginId, PASSWORD) as Promise<Answer>;
    });
    await ended;
    const cookies = answers.flatMap(({ headers }) =>
      headers.getSetCookie().filter((line) => /^gatehouse-session=[\w-]{43}/.test(line)),
    );
    const alive = await Promise.all(
      cookies.map((line) => clientAt(bases[0], line.replace(/;.*/, ""))("GET", "/api/me")),
    );
    expect(alive.map(({ status }) => status)).toEqual(cookies.map(() => 401));
    expect(await site.ctx().db.$count(sessions, eq(sessions.userId, id))).toBe(0);
  }
});

test("however many ask for access tokens at once, nobody has more than the most", async () => {
  const id = await addPerson(site.ctx(), newName("hoarder"));
  const own = await both(id);
  const { mostPerUser } = settings.accessTokens;
  const answers = await atOnce(mostPerUser + 20, (n) => (n % 2 ? own[1] : own[0])("POST", "/api/token"));
  expect(sorted(answers)).toEqual([...Array(mostPerUser).fill(200), ...Array(20).fill(409)]);
  expect(await site.ctx().db.$count(accessTokens, eq(accessTokens.userId, id))).toBe(mostPerUser);
});

test("a session that logs out at one process in the middle of its own requests is gone at both", async () => {
  const id = await addPerson(site.ctx(), newName("leaving"));
  for (let round = 0; round < 3; round += 1) {
    const own = await both(id);
    const [out, ...made] = await Promise.all([
      own[0]("POST", "/logout", { body: "" }),
      ...Array.from({ length: 8 }, (_, n) => (n % 2 ? own[1] : own[0])("POST", "/api/token")),
    ]);
    expect(out.status).toBe(303);
    expect(made.filter(({ status }) => ![200, 401, 403].includes(status))).toEqual([]);
    for (const client of own) expect((await client("GET", "/api/me")).status).toBe(401);
    for (const client of own) expect((await client("POST", "/api/token")).status).toBe(401);
  }
});
