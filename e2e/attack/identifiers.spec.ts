import { eq, inArray } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { postedForm } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { isBlocked, isIn, isInvalid, type SignIn, signInBy } from "@/e2e/support/sign-in";
import { attemptBudgets, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";

/** Identifiers: what is one login anywhere is one everywhere, and what only looks like it is another everywhere. */

const LIMIT = 15;

/** Spellings of the login `nikki.josé@bücher.example`. */
const STORED = "nikki.jos\u00e9@xn--bcher-kva.example";
const spellings: Record<string, string> = {
  "as it is stored": STORED,
  capitals: "NIKKI.JOS\u00c9@XN--BCHER-KVA.EXAMPLE",
  "blanks around": "  nikki.jos\u00e9@xn--bcher-kva.example \t",
  "line breaks behind": "nikki.jos\u00e9@xn--bcher-kva.example\r\n",
  "a no-break space behind": "nikki.jos\u00e9@xn--bcher-kva.example\u00a0",
  "decomposed letters": "nikki.jose\u0301@xn--bcher-kva.example",
  "the Kelvin sign": "ni\u212aki.jos\u00e9@xn--bcher-kva.example",
  "a full-width @": "nikki.jos\u00e9\uff20xn--bcher-kva.example",
  "a small @": "nikki.jos\u00e9\ufe6bxn--bcher-kva.example",
  "full-width letters": "\uff4eikki.jos\u00e9@xn--bcher-kva.example",
  "the domain in its script": "nikki.jos\u00e9@b\u00fccher.example",
  "the domain in capitals and decomposed": "nikki.jos\u00e9@BU\u0308CHER.example",
  "an ideographic full stop": "nikki.jos\u00e9@b\u00fccher\u3002example",
};

const lookalikes: Record<string, string> = {
  "a dotless i": "n\u0131kki.jos\u00e9@xn--bcher-kva.example",
  "an I with a dot": "n\u0130kki.jos\u00e9@xn--bcher-kva.example",
  "a Cyrillic letter": "nikki.j\u043es\u00e9@xn--bcher-kva.example",
  "no accent": "nikki.jose@xn--bcher-kva.example",
  "another domain": "nikki.jos\u00e9@bucher.example",
  "a dot less": "nikkijos\u00e9@xn--bcher-kva.example",
  "a tag": "nikki.jos\u00e9+x@xn--bcher-kva.example",
  "a zero-width space": "nikki\u200b.jos\u00e9@xn--bcher-kva.example",
  "a soft hyphen": "nik\u00adki.jos\u00e9@xn--bcher-kva.example",
  "a NUL behind": "nikki.jos\u00e9@xn--bcher-kva.example\0",
  "a NUL within": "nikki.jos\u00e9\0@xn--bcher-kva.example",
  "a wildcard": "nikki%@xn--bcher-kva.example",
  "a comma and another": "nikki.jos\u00e9@xn--bcher-kva.example,evil@evil.test",
  "a path": "nikki.jos\u00e9@xn--bcher-kva.example/x",
  "half a surrogate pair": "nikki.jos\u00e9\ud800@xn--bcher-kva.example",
};

let site: Isolated;
let root: Client;
let id: string;
let signIn: SignIn;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startIsolated("identifiers", { ATTEMPT_IP_LIMIT: "0", SMTP_URL: "smtp://127.0.0.1:1" });
  root = clientOf(
    site.url,
    await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true })),
  );
  id = await addPerson(site.ctx(), STORED);
  signIn = await signInBy(site.url);
});

test.afterAll(() => site.end());

/** What is counted against the account, all of it. */
const budget = () => site.ctx().db.select().from(attemptBudgets).where(eq(attemptBudgets.key, STORED));

test("every spelling signs in to the one account, and is taken for a new one", async () => {
  for (const [what, typed] of Object.entries(spellings)) {
    expect([what, isIn(await signIn(typed, PASSWORD))]).toEqual([what, true]);
    const added = await root("POST", "/api/users", { body: { loginId: typed } });
    expect([what, added.status]).toEqual([what, 409]);
    const { json } = await root("POST", "/api/users", { body: { loginId: `other-${what.length}@example.com` } });
    if (json.id) expect((await root("PATCH", `/api/users/${json.id}`, { body: { loginId: typed } })).status).toBe(409);
  }
  const perUser = await site.ctx().db.select({ userId: sessions.userId }).from(sessions);
  expect(perUser.filter(({ userId }) => userId === id)).toHaveLength(Object.keys(spellings).length);
});

test("every look-alike signs in to nothing, has no budget in common, and meets no account", async () => {
  const before = await budget();
  for (const [what, typed] of Object.entries(lookalikes)) {
    const answer = await signIn(typed, PASSWORD);
    expect([what, isInvalid(answer), isIn(answer)]).toEqual([what, true, false]);
    // Nobody's, or somebody else's; never this one's.
    const added = await root("POST", "/api/users", { body: { loginId: typed } });
    expect([what, [201, 400].includes(added.status)]).toEqual([what, true]);
  }
  expect(await budget()).toEqual(before);
  expect(await site.ctx().db.$count(users, eq(users.loginIdCanonical, STORED))).toBe(1);
});

test("wrong guesses in all spellings are one budget, whatever the way, and guesses at look-alikes are none of it", async () => {
  const form = await postedForm(clientOf(site.url), "/login");
  const all = Object.values(spellings);
  for (const typed of Object.values(lookalikes)) await signIn(typed);
  for (let n = 0; n < LIMIT; n += 1) {
    const typed = all[n % all.length] ?? "";
    if (n % 2) await form(["loginId", typed], ["password", "wrong"]);
    else expect(isInvalid(await signIn(typed))).toBe(true);
  }
  for (const typed of all) expect(isBlocked(await signIn(typed, PASSWORD))).toBe(true);
  const kept = await site
    .ctx()
    .db.select({ key: attemptBudgets.key })
    .from(attemptBudgets)
    .where(inArray(attemptBudgets.key, [STORED, ...all]));
  expect(kept).toEqual([{ key: STORED }]);
});

test("look-alikes and NUL in place of an id, a name or a search are answered, and find nothing", async () => {
  const paths = Object.values(lookalikes).flatMap((typed) => {
    // Half a surrogate pair cannot be in an address.
    const text = encodeURIComponent(typed.replace("\ud800", "%ED%A0%80"));
    return [`/api/users?loginId=${text}`, `/api/users?q=${text}`, `/api/users/${text}`, `/api/groups/${text}`];
  });
  for (const path of [...paths, "/api/users?q=%00", "/api/users?loginId=%00", "/api/audit?q=%00", "/api/users/%00"]) {
    const { status, text } = await root("GET", path);
    expect([path, status < 500, text.includes(`"id":"${id}"`)]).toEqual([path, true, false]);
    const page = await root("GET", path.replace("/api/", "/admin/"));
    expect([path, page.status < 500]).toEqual([path, true]);
  }
});
