import { and, asc, eq } from "drizzle-orm";
import { attempts, sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { type Directory, startDirectory } from "@/lib/testing/slapd";
import { expect, test } from "./fixtures";
import { clientOf } from "./support/api";
import { actionOn, alertIn, formData } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { type IdentityProvider, profileOn, startIdentityProvider } from "./support/oidc/provider";
import { signInBy, visitor } from "./support/oidc/visitor";
import { addPerson, PASSWORD } from "./support/people";
import { freePort } from "./support/process";

/** Every rule about who may come in, on every way in: one path must not forget what the others know. */

const CLAIMED = "corp.example.com";
const OPEN = "example.org";
const LIMIT = 15;
const WRONG = "not the password";

const TEXTS = {
  invalid: "That login and password do not belong together. Check both and try again.",
  disabled: "This account has been disabled. Please contact an administrator.",
  unverified:
    /^(The user account “.+” has an unverified email address|The email address of your account here has not been verified yet)\./,
  notAllowed: /^Your address may not be used to log in here with /,
  blocked: /^Too many failed login attempts\./,
  failed: /^Logging in with .+ did not work\./,
};

let site: Isolated;
let directorySite: string;
let directory: Directory;
const providers: IdentityProvider[] = [];
let people = 0;

/** What somebody meets who tries to come in: in, with a cookie that opens the account page; or told why not. */
type Met = { isIn: boolean; told: string };

const cookieIn = (headers: Headers) =>
  headers.getSetCookie().find((line) => /^gatehouse-session=[\w-]{43};/.test(line));

/** The login form of a server, as a browser without scripts posts it. */
async function byForm(base: string, loginId: string, password: string): Promise<Met> {
  const client = clientOf(base);
  const action = actionOn((await client("GET", "/login")).text);
  const body = formData(action, [
    ["loginId", loginId],
    ["password", password],
  ]);
  const { headers, text } = await client("POST", "/login", { body });
  return { isIn: cookieIn(headers) !== undefined, told: alertIn({ text }) };
}

/** Auth.js' own endpoint, as a program posts to it. */
async function byEndpoint(base: string, provider: string, loginId: string, password: string): Promise<Met> {
  const client = clientOf(base);
  const { headers: given, json } = await client("GET", "/api/auth/csrf");
  const cookie = given
    .getSetCookie()
    .map((line) => line.replace(/;.*/, ""))
    .join("; ");
  const answer = await client("POST", `/api/auth/callback/${provider}`, {
    body: String(new URLSearchParams({ csrfToken: String(json.csrfToken), loginId, password })),
    headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
  });
  if (answer.status === 429) return { isIn: false, told: String(answer.json.detail) };
  const location = answer.headers.get("location") ?? "";
  const page = location.includes("error=")
    ? await client("GET", new URL(location).pathname + new URL(location).search)
    : undefined;
  return { isIn: cookieIn(answer.headers) !== undefined, told: page ? alertIn(page) : "" };
}

async function byProvider(profile: string, loginId: string): Promise<Met> {
  const who = visitor();
  const { url, text } = await signInBy(who, site.url, profile, loginId, "/account");
  return { isIn: new URL(url).pathname === "/account", told: alertIn({ text }) };
}

type Way = {
  /** What the session keeps of it. */
  provider: string;
  enter: (loginId: string) => Promise<Met>;
  /** Absent where nothing can be guessed. */
  guess?: (loginId: string) => Promise<Met>;
};

const ways: Record<string, Way> = {
  "the password form": {
    provider: "password",
    enter: (loginId) => byForm(site.url, loginId, PASSWORD),
    guess: (loginId) => byForm(site.url, loginId, WRONG),
  },
  "the password endpoint": {
    provider: "password",
    enter: (loginId) => byEndpoint(site.url, "password", loginId, PASSWORD),
    guess: (loginId) => byEndpoint(site.url, "password", loginId, WRONG),
  },
  "the directory form": {
    provider: "ldap",
    enter: (loginId) => byForm(directorySite, loginId, PASSWORD),
    guess: (loginId) => byForm(directorySite, loginId, WRONG),
  },
  "the directory endpoint": {
    provider: "ldap",
    enter: (loginId) => byEndpoint(directorySite, "ldap", loginId, PASSWORD),
    guess: (loginId) => byEndpoint(directorySite, "ldap", loginId, WRONG),
  },
  "the profile that claims the domain": { provider: "corp", enter: (loginId) => byProvider("corp", loginId) },
  "a profile for everybody": { provider: "open", enter: (loginId) => byProvider("open", loginId) },
};

type WayName = keyof typeof ways;

/** People of the claimed domain come by its profile only. */
const domainFor = (way: WayName) => (way === "the profile that claims the domain" ? CLAIMED : OPEN);

type State = Partial<Pick<typeof users.$inferInsert, "isEnabled" | "isVerified" | "disabledAt">>;

/** Somebody whom the database, the directory and the providers know by the same address and password. */
async function somebody(domain: string, state: State = {}): Promise<{ id: string; loginId: string }> {
  people += 1;
  const loginId = `matrix-${people}@${domain}`;
  const id = await addPerson(site.ctx(), loginId);
  await directory.addPerson({ mail: loginId, password: PASSWORD });
  if (Object.keys(state).length > 0) await site.ctx().db.update(users).set(state).where(eq(users.id, id));
  return { id, loginId };
}

const storedOf = async (id: string) => {
  const { db } = site.ctx();
  const [user] = await db.select().from(users).where(eq(users.id, id));
  const audit = await db
    .select({ action: auditEvents.action, actorId: auditEvents.actorId })
    .from(auditEvents)
    .where(and(eq(auditEvents.entity, "users"), eq(auditEvents.entityId, id)))
    .orderBy(asc(auditEvents.id));
  return {
    user,
    sessions: await db.select({ provider: sessions.provider }).from(sessions).where(eq(sessions.userId, id)),
    signIns: audit.filter(({ action }) => action === "sign-in"),
  };
};

const loggedOf = (loginId: string) =>
  site
    .ctx()
    .db.select({ success: attempts.success, duringLockout: attempts.duringLockout })
    .from(attempts)
    .where(eq(attempts.loginIdCanonical, loginId))
    .orderBy(asc(attempts.id));

async function expectNobodyIn(id: string): Promise<void> {
  const { user, sessions: open, signIns } = await storedOf(id);
  expect(open).toEqual([]);
  expect(signIns).toEqual([]);
  expect(user?.lastLoginAt).toBeNull();
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  directory = await startDirectory();
  const [corpPort, openPort] = [await freePort(), await freePort()];
  const profiles = [profileOn(corpPort, "corp", { domainFilter: CLAIMED }), profileOn(openPort, "open")];
  const settings = { OIDC_PROFILES: JSON.stringify(profiles), SMTP_URL: "smtp://127.0.0.1:1", ATTEMPT_IP_LIMIT: "0" };
  site = await startIsolated("matrix", settings);
  const byDirectory = {
    LOGIN_AUTHENTICATOR: "ldap",
    LDAP_SERVER_URL: directory.url,
    LDAP_DN_FORMAT: `mail={},${directory.peopleBase}`,
  };
  directorySite = (await site.startAnother(byDirectory)).url;
  for (const [port, name] of [
    [corpPort, "corp"],
    [openPort, "open"],
  ] as const) {
    providers.push(
      await startIdentityProvider({ port, name, redirectUris: [`${site.url}/api/auth/callback/${name}`] }),
    );
  }
});

test.afterAll(async () => {
  await Promise.all(providers.map((provider) => provider.stop()));
  await site?.end();
  await directory?.stop();
});

for (const [name, { provider, enter, guess }] of Object.entries(ways)) {
  test.describe(name, () => {
    test("lets an active account in: session, audit row and last login", async () => {
      const { id, loginId } = await somebody(domainFor(name));
      expect(await enter(loginId)).toEqual({ isIn: true, told: "" });
      const { user, sessions: open, signIns } = await storedOf(id);
      expect(open).toEqual([{ provider }]);
      expect(signIns).toEqual([{ action: "sign-in", actorId: id }]);
      expect(user?.lastLoginAt).not.toBeNull();
      // Only what can be guessed is counted.
      expect(await loggedOf(loginId)).toEqual(guess ? [{ success: true, duringLockout: false }] : []);
    });

    for (const [what, state] of [
      ["disabled", { isEnabled: false }],
      ["timed out", { disabledAt: new Date("2020-01-01T00:00:00Z") }],
    ] as const) {
      test(`keeps out an account that is ${what}, and says so`, async () => {
        const { id, loginId } = await somebody(domainFor(name), state);
        expect(await enter(loginId)).toEqual({ isIn: false, told: TEXTS.disabled });
        await expectNobodyIn(id);
      });
    }

    test("meets an account that is not verified", async () => {
      const { id, loginId } = await somebody(domainFor(name), { isVerified: false });
      const met = await enter(loginId);
      if (["ldap", "corp"].includes(provider)) {
        // They know their people better than any mail could.
        expect(met.isIn).toBe(true);
        expect((await storedOf(id)).user?.isVerified).toBe(true);
        return;
      }
      expect(met.isIn).toBe(false);
      expect(met.told).toMatch(TEXTS.unverified);
      await expectNobodyIn(id);
      expect((await storedOf(id)).user?.isVerified).toBe(false);
    });

    test("leaves the people of a claimed domain to its profile", async () => {
      const { id, loginId } = await somebody(CLAIMED);
      for (const spelling of provider === "corp" ? [loginId] : [loginId, loginId.toUpperCase()]) {
        const met = await enter(spelling);
        if (provider === "corp") {
          expect(met.isIn).toBe(true);
          return;
        }
        expect(met.isIn).toBe(false);
        expect(met.told).toMatch(provider === "open" ? TEXTS.notAllowed : TEXTS.invalid);
      }
      await expectNobodyIn(id);
    });

    test("meets an account that too many guesses have locked", async () => {
      const { id, loginId } = await somebody(domainFor(name));
      const guesses = guess ?? ((who: string) => byForm(site.url, who, WRONG));
      for (let n = 0; n < LIMIT; n += 1) expect(await guesses(loginId)).toEqual({ isIn: false, told: TEXTS.invalid });
      expect((await guesses(loginId)).told).toMatch(TEXTS.blocked);
      const met = await enter(loginId);
      if (!guess) {
        // Nothing can be guessed there, and whoever locks an account must not lock its owner out of everything.
        expect(met).toEqual({ isIn: true, told: "" });
        return;
      }
      expect(met.isIn).toBe(false);
      expect(met.told).toMatch(TEXTS.blocked);
      const log = await loggedOf(loginId);
      expect(log.filter(({ duringLockout }) => !duringLockout)).toHaveLength(LIMIT);
      expect(log.filter(({ duringLockout }) => duringLockout)).toHaveLength(2);
      await expectNobodyIn(id);
    });
  });
}
