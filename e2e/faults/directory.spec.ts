import { expect, test } from "@/e2e/fixtures";
import { type Answer, clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { createTestUser } from "@/lib/testing/factories";
import { type Directory, startDirectory } from "@/lib/testing/slapd";
import { startUnreliableProxy, type UnreliableProxy } from "@/lib/testing/unreliable-proxy";
import { tellsUnavailable } from "./support/answers";
import { figure } from "./support/figures";

/** The directory takes connections and says nothing, or is not there. */

test.describe.configure({ mode: "serial" });

const PASSWORD = "the one that the directory knows";
const MANY = 50;

let directory: Directory;
let proxy: UnreliableProxy;
let site: Isolated;
let signIn: (loginId: string, base?: string) => Promise<Answer>;
let read: () => Promise<Answer>;

test.beforeAll(async () => {
  directory = await startDirectory();
  for (let n = 0; n < MANY; n += 1) await directory.addPerson({ mail: `person-${n}@example.com`, password: PASSWORD });
  proxy = await startUnreliableProxy(directory.url);
  site = await startIsolated("directory", {
    LOGIN_AUTHENTICATOR: "ldap",
    LDAP_SERVER_URL: proxy.url,
    LDAP_DN_FORMAT: `mail={},${directory.peopleBase}`,
    LDAP_TIMEOUT_MS: "60000",
    SMTP_URL: "smtp://127.0.0.1:1",
    ATTEMPT_IP_LIMIT: "0",
  });
  const action = actionOn((await clientOf(site.url)("GET", "/login")).text);
  signIn = (loginId, base = site.url) =>
    clientOf(base)("POST", "/login", {
      body: formData(action, [
        ["loginId", loginId],
        ["password", PASSWORD],
      ]),
    });
  const root = await createTestUser({ isSuperuser: true });
  const signedIn = clientOf(site.url, await cookieOf(site.ctx(), root.id));
  read = () => signedIn("GET", "/admin/users");
});

test.afterAll(async () => {
  await site?.end();
  await proxy?.close();
  await directory?.stop();
});

const isIn = ({ headers }: Answer) => headers.getSetCookie().some((each) => /^gatehouse-session=[\w-]{43}/.test(each));

test("a directory that hangs holds up only those who wait for it; all of them are in once it goes on", {
  tag: "@fault",
}, async () => {
  proxy.hang(true);
  let answered = 0;
  const waiting = Array.from({ length: MANY }, async (_, n) => {
    const answer = await signIn(`person-${n}@example.com`);
    answered += 1;
    return answer;
  });
  try {
    await expect.poll(() => proxy.connections(), { timeout: 50_000 }).toBe(MANY);
    for (let n = 0; n < 5; n += 1) expect((await read()).status).toBe(200);
    expect(answered).toBe(0);
  } finally {
    proxy.hang(false);
  }
  const answers = await Promise.all(waiting);
  expect(answers.filter((answer) => !isIn(answer)).map(({ status, text }) => [status, text.slice(0, 300)])).toEqual([]);
  figure("sign-ins that hung, all in afterwards", MANY);
});

test("a directory that never answers, or is not there, is told as such, and never as a wrong password", {
  tag: "@fault",
}, async () => {
  const { url } = await site.startAnother({ LDAP_TIMEOUT_MS: "2000" });
  proxy.hang(true);
  const startedAt = performance.now();
  expect(tellsUnavailable(await signIn("person-0@example.com", url))).toBe(true);
  figure("ms to the answer, with LDAP_TIMEOUT_MS at 2000", Math.round(performance.now() - startedAt));
  proxy.hang(false);
  proxy.fail(3);
  for (let n = 0; n < 3; n += 1) expect(tellsUnavailable(await signIn("person-0@example.com"))).toBe(true);
  expect(isIn(await signIn("person-0@example.com"))).toBe(true);
});
