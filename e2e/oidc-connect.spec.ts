import { and, eq, sql } from "drizzle-orm";
import { SignJWT, UnsecuredJWT } from "jose";
import { findPrincipal } from "@/lib/auth/session";
import { accounts, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { disconnectIdentity } from "@/lib/identities/service";
import { expect, test } from "./fixtures";
import { cookieOf } from "./support/api";
import { alertIn } from "./support/forms";
import { loginOf, type ProviderSite, startWithProviders, visitorWith } from "./support/oidc/site";
import { goToProvider, logInThere, type Reply, signInBy, type Visitor, visitor } from "./support/oidc/visitor";
import { addPerson, PASSWORD } from "./support/people";

/** Which account an identity is connected with, however somebody tries to have it connected with another one. */

const INTENT = "gatehouse-connect";

let site: ProviderSite<"corp" | "open" | "other">;
let people = 0;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startWithProviders("connect", {
    corp: { label: "Corp", domainFilter: "corp.example.com" },
    open: { label: "Open" },
    other: { label: "Other" },
  });
});

test.afterAll(() => site?.end());

type Somebody = { id: string; loginId: string; who: Visitor };

/** Somebody with a fresh session. */
async function somebody(domain = "example.org", password = PASSWORD): Promise<Somebody> {
  people += 1;
  const loginId = `connect-${people}@${domain}`;
  const id = await addPerson(site.ctx(), loginId, { password });
  await site.ctx().db.update(users).set({ isVerified: true }).where(eq(users.id, id));
  return { id, loginId, who: visitorWith(await cookieOf(site.ctx(), id)) };
}

const jarOf = (who: Visitor) => who.cookies.get("localhost") ?? new Map<string, string>();

const askToConnect = (who: Visitor, profile: string): Promise<Reply> =>
  who.send(`${site.url}/login/${profile}`, { form: { next: "/account", connect: "true" } });

/** Connects as the account page does. @returns the page at the end */
async function connect(who: Visitor, profile: string, subject: string): Promise<Reply> {
  const form = await who.follow(await askToConnect(who, profile));
  return who.follow(await logInThere(who, form, subject));
}

const identitiesOf = (userId: string) =>
  site
    .ctx()
    .db.select({ issuer: accounts.issuer, subject: accounts.subject, provider: accounts.provider })
    .from(accounts)
    .where(eq(accounts.userId, userId));

const ownersOf = async (subject: string) =>
  (await site.ctx().db.select({ userId: accounts.userId }).from(accounts).where(eq(accounts.subject, subject))).map(
    ({ userId }) => userId,
  );

const NOT_CONNECTED = /^\w+ could not be connected:/;

const NO_ACCOUNT = /^Open knows you, but you have no account here yet\./;

test("a provider is connected with the account of the session that has asked", async () => {
  const { id, loginId, who } = await somebody();
  const reply = await connect(who, "open", "asked");
  expect([new URL(reply.url).pathname, alertIn(reply)]).toEqual(["/account", ""]);
  expect(await identitiesOf(id)).toEqual([{ issuer: site.providers.open.issuer, subject: "asked", provider: "open" }]);
  expect(await loginOf(who, site.url)).toBe(loginId);
  expect(jarOf(who).has(INTENT)).toBe(false);
});

test("nobody connects without a session", async () => {
  const reply = await askToConnect(visitor(), "open");
  expect(reply.location).toBe(`${site.url}/login?next=%2Faccount`);
  expect(reply.setCookie.filter((line) => line.startsWith("authjs."))).toEqual([]);
});

test.describe("what was asked for by one", () => {
  /** Comes back from a plain sign-in with another intent in the browser. */
  async function comeBackWith(intent: string, subject: string, { who }: Somebody, profile = "open") {
    // Nobody is known at the provider from before.
    who.cookies.delete("127.0.0.1");
    const back = await logInThere(who, await goToProvider(who, site.url, profile, "/account"), subject);
    jarOf(who).set(INTENT, intent);
    return who.follow(back);
  }

  /** The intent of a session, as the app signs it. */
  async function intentOf(who: Visitor, profile = "open"): Promise<string> {
    await askToConnect(who, profile);
    const intent = jarOf(who).get(INTENT);
    if (!intent) throw new Error("no intent");
    jarOf(who).delete(INTENT);
    return intent;
  }

  test("is done for the same session and profile", async () => {
    const me = await somebody();
    await comeBackWith(await intentOf(me.who), "mine", me);
    expect(await ownersOf("mine")).toEqual([me.id]);
  });

  test("is nothing to another user", async () => {
    const [me, thief] = [await somebody(), await somebody()];
    const reply = await comeBackWith(await intentOf(me.who), "not mine", thief);
    expect(alertIn(reply)).toMatch(/^Going on with Open did not work\./);
    expect(await loginOf(thief.who, site.url)).toBe(thief.loginId);
    expect(await ownersOf("not mine")).toEqual([]);
  });

  test("is nothing to another session of the same user", async () => {
    const me = await somebody();
    const elsewhere = { ...me, who: visitorWith(await cookieOf(site.ctx(), me.id)) };
    await comeBackWith(await intentOf(me.who), "elsewhere", elsewhere);
    expect(await ownersOf("elsewhere")).toEqual([]);
  });

  test("is nothing to another profile", async () => {
    const me = await somebody();
    await comeBackWith(await intentOf(me.who, "other"), "by another", me);
    expect(await ownersOf("by another")).toEqual([]);
  });

  test("is not believed in anybody else's words, nor for ever", async () => {
    const secret = (text: string) => new TextEncoder().encode(text);
    const key = secret(`gatehouse connect ${process.env.AUTH_SECRET}`);
    const me = await somebody();
    const principal = await findPrincipal(jarOf(me.who).get("gatehouse-session"));
    const claims = { iss: site.url, aud: "connect:open", sub: principal?.sessionId ?? "" };
    const intent = (end: string, signedBy = key, changes = {}) =>
      new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuedAt()
        .setExpirationTime(end)
        .sign(signedBy);
    const unsigned = new UnsecuredJWT(claims).setExpirationTime("15m").encode();
    const refused: [subject: string, intent: string][] = [
      ["unsigned", unsigned],
      ["expired", await intent("-1s")],
      ["another secret", await intent("15m", secret("gatehouse connect something else"))],
      ["the bare secret", await intent("15m", secret(process.env.AUTH_SECRET ?? ""))],
      ["another purpose", await intent("15m", key, { aud: "link:reset" })],
      ["another site", await intent("15m", key, { iss: "https://evil.example.com" })],
      ["nonsense", "nonsense"],
    ];
    for (const [subject, each] of refused) {
      await comeBackWith(each, subject, me);
      expect([subject, await ownersOf(subject)]).toEqual([subject, []]);
    }
    // The very same words, signed as the app does, would have been believed.
    await comeBackWith(await intent("15m"), "right", me);
    expect(await ownersOf("right")).toEqual([me.id]);
  });

  for (const [what, subject, end] of [
    ["has ended", "too-late", ({ id }: Somebody) => site.ctx().db.delete(sessions).where(eq(sessions.userId, id))],
    [
      "is of somebody who was disabled",
      "disabled",
      ({ id }: Somebody) => site.ctx().db.update(users).set({ isEnabled: false }).where(eq(users.id, id)),
    ],
  ] as const) {
    test(`is not done any more for a session that ${what}`, async () => {
      const me = await somebody();
      const form = await me.who.follow(await askToConnect(me.who, "open"));
      await end(me);
      const reply = await me.who.follow(await logInThere(me.who, form, subject));
      expect(alertIn(reply)).toMatch(NO_ACCOUNT);
      expect(await ownersOf(subject)).toEqual([]);
    });
  }

  test("is forgotten with the next sign-in", async () => {
    const me = await somebody();
    await askToConnect(me.who, "open");
    expect(jarOf(me.who).has(INTENT)).toBe(true);
    await goToProvider(me.who, site.url, "other", "/account");
    expect(jarOf(me.who).has(INTENT)).toBe(false);
  });

  test("ends in a word and nothing else when the provider says no", async () => {
    const me = await somebody();
    const form = await me.who.follow(await askToConnect(me.who, "open"));
    const abort = /href="([^"]+\/abort)"/.exec(form.text)?.[1] ?? "";
    const reply = await me.who.follow(await me.who.send(new URL(abort, form.url).href));
    expect(alertIn(reply)).toMatch(NOT_CONNECTED);
    expect(await loginOf(me.who, site.url)).toBe(me.loginId);
    expect(await identitiesOf(me.id)).toEqual([]);
  });
});

test.describe("a domain that a profile claims", () => {
  test("is not open to another one by connecting it", async () => {
    const { id, loginId, who } = await somebody("corp.example.com", "");
    expect(alertIn(await connect(who, "open", "backdoor"))).toMatch(NOT_CONNECTED);
    expect(await identitiesOf(id)).toEqual([]);
    expect(await loginOf(who, site.url)).toBe(loginId);
  });

  test("is the only one from which its profile connects", async () => {
    const { id, who } = await somebody();
    site.providers.corp.people.set("outsider", { email: "outsider@example.org" });
    expect(alertIn(await connect(who, "corp", "outsider"))).toMatch(NOT_CONNECTED);
    expect(await identitiesOf(id)).toEqual([]);
  });
});

test("of two who connect one identity at the same moment, one has it", async () => {
  const both = [await somebody(), await somebody()];
  const backs = await Promise.all(
    both.map(async ({ who }) => logInThere(who, await who.follow(await askToConnect(who, "open")), "wanted")),
  );
  const told = (await Promise.all(both.map(({ who }, index) => who.follow(backs[index] as Reply)))).map(alertIn);
  expect(told.filter((text) => text === "")).toHaveLength(1);
  expect(told.filter((text) => NOT_CONNECTED.test(text))).toHaveLength(1);
  expect(await ownersOf("wanted")).toEqual([both[told.indexOf("")]?.id]);
});

test.describe("disconnecting", () => {
  /** The verb with the session that this visitor has. */
  async function disconnect(who: Visitor, identity: { issuer: string; subject: string }): Promise<string> {
    const principal = await findPrincipal(jarOf(who).get("gatehouse-session"));
    if (!principal) throw new Error("no session");
    return disconnectIdentity({ ...site.ctx(), actor: { kind: "user", principal } }, identity).then(
      () => "done",
      (error: { code?: string }) => String(error.code),
    );
  }

  test("is for one's own identities only", async () => {
    const [me, thief] = [await somebody(), await somebody()];
    await connect(me.who, "open", "kept");
    const [identity = { issuer: "", subject: "" }] = await identitiesOf(me.id);
    expect(await disconnect(thief.who, identity)).toBe("not-found");
    expect(await disconnect(me.who, { ...identity, issuer: site.providers.other.issuer })).toBe("not-found");
    expect(await ownersOf("kept")).toEqual([me.id]);
  });

  test("ends the other sessions that have begun by it, and no more", async () => {
    const me = await somebody();
    await connect(me.who, "open", "many-sessions");
    await connect(me.who, "other", "many-sessions");
    const here = visitor();
    for (const [who, profile] of [
      [here, "open"],
      [visitor(), "open"],
      [visitor(), "other"],
    ] as const) {
      await signInBy(who, site.url, profile, "many-sessions", "/account");
    }
    const openIdentity = { issuer: site.providers.open.issuer, subject: "many-sessions" };
    expect(await disconnect(here, openIdentity)).toBe("done");
    const left = await site
      .ctx()
      .db.select({ provider: sessions.provider })
      .from(sessions)
      .where(eq(sessions.userId, me.id))
      .orderBy(sessions.provider);
    // The one that has asked, the one by password, and the one by the other provider.
    expect(left.map(({ provider }) => provider)).toEqual(["open", "other", "password"]);
    expect(await loginOf(here, site.url)).toBe(me.loginId);
    expect(alertIn(await signInBy(visitor(), site.url, "open", "many-sessions"))).toMatch(NO_ACCOUNT);
  });

  test("of two at the same moment, the last way in stays", async () => {
    const me = await somebody("example.org", "");
    for (const profile of ["open", "other"]) {
      await connect(me.who, profile, "two-ways");
      await signInBy(visitor(), site.url, profile, "two-ways");
    }
    const identities = await identitiesOf(me.id);
    const waiting = async () => {
      const { rows } = await site.ctx().db.execute<{ count: number }>(
        sql`select count(*)::int as count from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.count;
    };
    // Both are under way before either can end: here, by the rows of the sessions that they are to end.
    const outcomes = await site.ctx().db.transaction(async (tx) => {
      await tx.select().from(sessions).where(eq(sessions.userId, me.id)).for("update");
      const both = Promise.all(identities.map((identity) => disconnect(me.who, identity)));
      await expect.poll(waiting).toBe(2);
      return { both };
    });
    expect((await outcomes.both).sort()).toEqual(["done", "forbidden"]);
    expect(await identitiesOf(me.id)).toHaveLength(1);
  });

  test("is not undone by whoever was on the way to the provider before", async () => {
    const me = await somebody();
    await connect(me.who, "open", "gone");
    const late = visitor();
    const back = await logInThere(late, await goToProvider(late, site.url, "open", "/account"), "gone");
    const identity = { issuer: site.providers.open.issuer, subject: "gone" };
    expect(await disconnect(me.who, identity)).toBe("done");
    expect(alertIn(await late.follow(back))).toMatch(NO_ACCOUNT);
    const where = and(eq(sessions.userId, me.id), sql`${sessions.provider} <> 'password'`);
    expect(await site.ctx().db.$count(sessions, where)).toBe(0);
  });
});

test("nothing of all that was a fault of ours", () => {
  expect(site.server.output()).not.toMatch(/⨯|TypeError|unhandled/i);
});
