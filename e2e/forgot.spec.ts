import { eq, isNull, sql } from "drizzle-orm";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { expect, test } from "./fixtures";
import { type Answer, type Client, clientOf } from "./support/api";
import { type ActionFields, actionOn, formData } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { addUnverified, linkIn, smtpPostbox, toldBy } from "./support/mail";
import { addPerson } from "./support/people";
import { stop } from "./support/process";

const PATH = "/forgot-password";

const accounts = {
  known: "known@example.com",
  unknown: "unknown@example.com",
  disabled: "disabled@example.com",
  unverified: "unverified@example.com",
  elsewhere: "elsewhere@corp.example",
};

const profile = {
  name: "corp",
  domainFilter: "corp.example",
  client: { issuer: "https://id.corp.example", clientId: "gatehouse", clientSecret: "not a secret" },
};

let site: Isolated;
let client: Client;
let action: ActionFields;

/** Remembers what is put into the outbox, where the worker deletes what is for nobody. */
async function watchOutbox(): Promise<void> {
  await site.ctx().db.execute(sql`
    create table queued (n serial, login_id text, user_id uuid, recipient text);
    create function note_queued() returns trigger language plpgsql as $$
      begin
        insert into queued (login_id, user_id, recipient) values (new.login_id, new.user_id, new.recipient);
        return new;
      end $$;
    create trigger note_queued after insert on mail_outbox for each row execute function note_queued();
  `);
}

/** What was put into the outbox since the last look: for whom, if for nobody in particular. */
async function newlyQueued(): Promise<string[]> {
  type Row = { n: number; login_id: string; user_id: string | null; recipient: string | null };
  const { rows } = await site.ctx().db.execute<Row>(sql`delete from queued returning *`);
  expect(rows.filter(({ user_id, recipient }) => user_id !== null || recipient !== null)).toEqual([]);
  return rows.sort((a, b) => a.n - b.n).map(({ login_id }) => login_id);
}

const ask = (email: string, headers: Record<string, string | null> = {}): Promise<Answer> =>
  client("POST", PATH, { body: formData(action, [["email", email]]), headers });

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startIsolated("forgot", {
    // Nobody listens there.
    SMTP_URL: "smtp://127.0.0.1:1",
    OIDC_PROFILES: JSON.stringify([profile]),
    ATTEMPT_LIMIT_ENABLED: "false",
  });
  client = clientOf(site.url);
  action = actionOn((await client("GET", PATH)).text);
  await watchOutbox();
  const ctx = site.ctx();
  await addPerson(ctx, accounts.known);
  await addPerson(ctx, accounts.elsewhere);
  await addUnverified(site, accounts.unverified);
  const disabledId = await addPerson(ctx, accounts.disabled);
  await ctx.db.update(users).set({ isEnabled: false }).where(eq(users.id, disabledId));
});

test.afterAll(() => site.end());

test("the answer does not tell whether there is such an account, nor what state it is in", async () => {
  const told = new Map<string, unknown>();
  for (const loginId of Object.values(accounts)) {
    const answer = await ask(loginId);
    told.set(loginId, toldBy(answer));
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login"]);
    const cookie = answer.headers.getSetCookie().map((each) => each.replace(/;.*/, ""));
    const { text } = await client("GET", "/login", { headers: { cookie: cookie.join("; ") } });
    expect(text).toContain("Please check your email for the link to change your password.");
  }
  expect([...told.values()]).toEqual(Array(told.size).fill(told.get(accounts.known)));
  expect(await newlyQueued()).toEqual(Object.values(accounts));

  // Only who can use it is kept a mail for; the mail server is dead, so that it waits.
  const kept = () =>
    site
      .ctx()
      .db.select({ loginId: mailOutbox.loginId, hasFailed: sql<boolean>`${mailOutbox.lastError} is not null` })
      .from(mailOutbox)
      .orderBy(mailOutbox.loginId);
  await expect.poll(kept).toEqual([
    { loginId: accounts.known, hasFailed: true },
    { loginId: accounts.unverified, hasFailed: true },
  ]);
  for (const loginId of Object.values(accounts)) expect(site.server.output()).not.toContain(loginId);
});

const MIXED = "a@example.org,b@example.org";

const several = (fields: [string, string][]) => () => client("POST", PATH, { body: formData(action, fields) });

const raw = (contentType: string, body: string) => () =>
  client("POST", PATH, { body, headers: { "content-type": contentType } });

/** Each is refused as no form of ours, or as no single address. */
const refused: Record<string, () => Promise<Answer>> = {
  "email[] twice": several([
    ["email[]", accounts.known],
    ["email[]", "evil@example.org"],
  ]),
  JSON: raw("application/json", JSON.stringify({ email: [accounts.known, "evil@example.org"] })),
  "plain text": raw("text/plain", `email=${accounts.known}`),
  urlencoded: raw("application/x-www-form-urlencoded", `email=${accounts.known}&email=evil%40example.org`),
  nothing: () => ask(""),
  comma: () => ask(MIXED),
  semicolon: () => ask(MIXED.replace(",", ";")),
  blank: () => ask(MIXED.replace(",", " ")),
  "CR and LF": () => ask(`${accounts.known}\r\nBcc: evil@example.org`),
  LF: () => ask(`${accounts.known}\nevil@example.org`),
  "LF, encoded": () => ask(`${accounts.known}%0aBcc:evil@example.org`),
  NUL: () => ask(`${accounts.known}\0`),
  "line separator": () => ask(`${accounts.known}\u2028evil@example.org`),
  "angle brackets": () => ask(`Known <${accounts.known}>`),
  "two @": () => ask(`${accounts.known}@example.org`),
  "full-width comma": () => ask(MIXED.replace(",", "，")),
  "full-width @ beside another": () => ask(`${accounts.known}＠example.org`),
};

test("no spelling of a request puts a mail for anybody else into the outbox", async () => {
  const outcomes: Record<string, unknown> = {};
  for (const [name, send] of Object.entries(refused)) {
    const { status, text } = await send();
    const isRefused = status === 400 || (status === 200 && text.includes("Enter one email address"));
    outcomes[name] = [isRefused || `${status} ${text.slice(0, 200)}`, ...(await newlyQueued())];
  }
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(refused).map((name) => [name, [true]])));
  // Of several values only the first is looked at.
  expect(
    (
      await several([
        ["email", accounts.known],
        ["email", "evil@example.org"],
      ])()
    ).status,
  ).toBe(303);
  expect(await newlyQueued()).toEqual([accounts.known]);
});

const lookalikes: [name: string, stored: string, typed: string][] = [
  ["Kelvin sign", "nikki@example.com", "ni\u212Aki@example.com"],
  ["full-width @", "wide@example.com", "wide＠example.com"],
  ["capitals and blanks", "caps@example.com", "  CAPS@Example.COM \r\n"],
  ["ideographic full stop", "dot@example.com", "dot@example\u3002com"],
];

test("whoever types a look-alike of an address is the one who has it", async () => {
  for (const [name, stored, typed] of lookalikes) {
    await addPerson(site.ctx(), stored);
    expect((await ask(typed)).status, name).toBe(303);
    expect(await newlyQueued(), name).toEqual([stored]);
  }
});

const EVIL = "evil.example";

const forged: Record<string, Record<string, string | null>> = {
  host: { host: EVIL, origin: null, "sec-fetch-site": "same-origin" },
  "forwarded-host": { "x-forwarded-host": EVIL, origin: null, "sec-fetch-site": "same-origin" },
  both: { host: EVIL, "x-forwarded-host": EVIL, origin: null, "sec-fetch-site": "same-origin" },
  "forwarded-proto": { "x-forwarded-proto": "https", "x-forwarded-port": "444" },
  forwarded: { forwarded: `host=${EVIL};proto=https`, "x-original-host": EVIL },
};

const forgedFor = (name: string) => `forged-${name}@example.com`;

test("forged headers change nothing in the answer", async () => {
  for (const [name, headers] of Object.entries(forged)) {
    await addPerson(site.ctx(), forgedFor(name));
    const answer = await ask(forgedFor(name), headers);
    expect([answer.status, answer.headers.get("location")], name).toEqual([303, "/login"]);
    expect(JSON.stringify(toldBy(answer)), name).not.toContain(EVIL);
  }
});

test("what has waited goes to the addresses that are stored, with links to the address that is configured", async () => {
  await stop(site.server);
  const postbox = await smtpPostbox();
  await site.startAnother({ ...postbox.settings, AUTH_URL: site.url });
  await site.ctx().db.update(mailOutbox).set({ nextTryAt: sql`now()` });
  const { known, unverified } = accounts;
  const stored = [known, unverified, ...lookalikes.map(([, each]) => each), ...Object.keys(forged).map(forgedFor)];
  for (const loginId of stored) {
    const mail = await postbox.next(loginId);
    expect(mail.to).toEqual([loginId]);
    expect(linkIn(mail).startsWith(`${site.url}/reset-password/`)).toBe(true);
    expect(mail.text + mail.html).not.toContain(EVIL);
  }
  await expect.poll(() => site.ctx().db.$count(mailOutbox, isNull(mailOutbox.sentAt))).toBe(0);
  expect(postbox.unread()).toEqual([]);
  await postbox.end();
});
