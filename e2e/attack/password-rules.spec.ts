import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eq } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { alertIn, postedForm } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { users } from "@/lib/db/schema/users";
import { findUserByLoginId, getUser } from "@/lib/users/service";

/** A forgotten path: the rules for passwords on every way by which a running app takes one. */

let site: Isolated;
/** The same database without mail, where administrators set passwords by form. */
let withoutMail: string;
let root: string;
let people = 0;

type Somebody = { id: string; loginId: string };

const somebody = async (password = PASSWORD): Promise<Somebody> => {
  people += 1;
  const loginId = `philomena-${people}@example.com`;
  return { id: await addPerson(site.ctx(), loginId, { password }), loginId };
};

/** Each breaks one rule. */
const bad: Record<string, (who: Somebody) => string> = {
  short: () => "kq7 vz2m xw",
  common: () => "1qaz2wsx3edc",
  "a row": () => "210987654321",
  repeated: () => "x!7x!7x!7x!7",
  "the own login": ({ loginId }) => `${loginId.replace(/@.*/, "")} kq7`,
  "the name of the site": () => "kq7 gatehouse vz2m",
  "1025 bytes": () => "kq7 vz2m xw9 ".repeat(90).slice(0, 1025),
};

const twice = (password: string): [string, string][] => [
  ["password", password],
  ["confirm", password],
];

async function byLink(purpose: "reset" | "verify", { id }: Somebody, password: string): Promise<Answer> {
  const holder = await findLinkHolder(site.ctx().db, eq(users.id, id));
  if (!holder) throw new Error(`no user ${id}`);
  const { token } = await signLinkToken(holder, purpose);
  const headers = { cookie: `gatehouse-link=${encodeURIComponent(`${id}.${token}`)}` };
  const page = purpose === "reset" ? "/reset-password" : "/verify-account";
  const submit = await postedForm(clientOf(site.url), page, headers);
  return submit(["purpose", purpose], ...twice(password));
}

const asRoot = (base: string): Client => clientOf(base, root);

const ways: Record<string, { by: (who: Somebody, password: string) => Promise<Answer>; password?: string }> = {
  "the form behind a link to reset": { by: (who, password) => byLink("reset", who, password) },
  "the form behind a link to verify": { by: (who, password) => byLink("verify", who, password), password: "" },
  "the account page": {
    by: async ({ id }, password) => {
      const submit = await postedForm(clientOf(site.url, await cookieOf(site.ctx(), id)), "/account");
      return submit(["currentPassword", PASSWORD], ...twice(password));
    },
  },
  "the administrator's form": {
    by: async ({ id, loginId }, password) => {
      const { version } = await getUser(site.ctx(), id);
      const submit = await postedForm(asRoot(withoutMail), `/admin/users/${id}/edit`);
      const own: [string, string][] = [
        ["id", id],
        ["version", String(version)],
        ["from", "/admin/users"],
        ["loginId", loginId],
        ["isEnabled", "on"],
      ];
      return submit(...own, ...twice(password));
    },
  },
  "PATCH by the API": {
    by: ({ id }, password) => asRoot(site.url)("PATCH", `/api/users/${id}`, { body: { password, confirm: password } }),
  },
  "PATCH by the API, once typed": {
    by: ({ id }, password) => asRoot(site.url)("PATCH", `/api/users/${id}`, { body: { password } }),
  },
};

const hashOf = async ({ id }: Somebody): Promise<string | null | undefined> => {
  const [row] = await site.ctx().db.select({ hash: users.passwordHash }).from(users).where(eq(users.id, id));
  return row?.hash;
};

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startIsolated("passwords", { SMTP_URL: "smtp://127.0.0.1:1", ATTEMPT_LIMIT_ENABLED: "false" });
  withoutMail = (await site.startAnother({ EMAIL_ENABLED: "false" })).url;
  root = await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true }));
});

test.afterAll(() => site.end());

for (const [name, { by, password: first }] of Object.entries(ways)) {
  test(`no bad password comes in by ${name}, and a good one does`, async () => {
    const who = await somebody(first);
    const before = await hashOf(who);
    for (const [what, make] of Object.entries(bad)) {
      const answer = await by(who, make(who));
      // The API names the field, a form shows what is wrong.
      const said = answer.status === 400 ? Object.keys(answer.json.errors ?? {}) : alertIn(answer);
      expect([what, answer.status, said.length > 0]).toEqual([what, name.includes("API") ? 400 : 200, true]);
      expect([what, await hashOf(who)]).toEqual([what, before]);
    }
    const { status } = await by(who, "nine herons on one leg");
    expect([200, 303]).toContain(status);
    expect(await hashOf(who)).not.toBe(before);
  });
}

test("nobody is added with a bad password, by form or by the API", async () => {
  const add = await postedForm(asRoot(withoutMail), "/admin/users/add");
  for (const [what, make] of Object.entries(bad)) {
    people += 1;
    const loginId = `philomena-${people}@example.com`;
    const password = make({ id: "", loginId });
    await add(["loginId", loginId], ["isEnabled", "on"], ...twice(password));
    const { status } = await asRoot(site.url)("POST", "/api/users", { body: { loginId, password, confirm: password } });
    expect([what, status]).toEqual([what, 400]);
    expect(await findUserByLoginId(site.ctx(), loginId), what).toBeUndefined();
  }
  await add(["loginId", "good@example.com"], ["isEnabled", "on"], ...twice("nine herons on one leg"));
  expect(await findUserByLoginId(site.ctx(), "good@example.com")).toBeDefined();
});

test("a file to import brings no bad password in, and the good ones of the same file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gatehouse-import-"));
  const file = path.join(folder, "users.csv");
  const rows = Object.values(bad).map((make, n) => {
    const loginId = `imported-${n}@example.com`;
    return `${loginId},"${make({ id: "", loginId })}"`;
  });
  writeFileSync(file, ["loginId,password", ...rows, "imported@example.com,nine herons on one leg", ""].join("\r\n"));
  const { code, err } = site.auth(["import-users", file]);
  expect([code, err.split("\n").filter((line) => line.includes("imported-")).length]).toEqual([1, rows.length]);
  const { out } = site.auth(["list-users", "--json"]);
  expect(out).toContain("imported@example.com");
  expect(out).not.toContain("imported-");
  rmSync(folder, { recursive: true });
});
