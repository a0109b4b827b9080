import { expect, test } from "@/e2e/fixtures";
import { type Answer, clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson } from "@/e2e/support/people";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { startUnreliableProxy, type UnreliableProxy } from "@/lib/testing/unreliable-proxy";
import { figure } from "./support/figures";

/** The mail server takes connections and says nothing, or takes a mail and does not say so. */

test.describe.configure({ mode: "serial" });

let smtp: SmtpServer;
let proxy: UnreliableProxy;
let site: Isolated;
let forgot: (email: string) => Promise<Answer>;
let invite: (loginId: string) => Promise<Answer>;

test.beforeAll(async () => {
  smtp = await startSmtpServer();
  proxy = await startUnreliableProxy(smtp.url);
  site = await startIsolated("mail_hangs", { SMTP_URL: proxy.url, ATTEMPT_IP_LIMIT: "0" });
  const client = clientOf(site.url);
  const action = actionOn((await client("GET", "/forgot-password")).text);
  forgot = (email) => client("POST", "/forgot-password", { body: formData(action, [["email", email]]) });
  const id = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  const root = clientOf(site.url, await cookieOf(site.ctx(), id));
  invite = (loginId) =>
    root("POST", "/api/users", {
      body: { loginId, sendWelcome: true },
      headers: { "content-type": "application/json" },
    });
});

test.afterAll(async () => {
  await site?.end();
  await proxy?.close();
  await smtp?.kill();
});

/** What people are told, which is the same whether there is such an account, and whatever the mail server does. */
async function expectUsualAnswers(round: string): Promise<void> {
  for (const email of ["root@example.com", `nobody-${round.replaceAll(" ", "-")}@example.com`]) {
    const { status, headers } = await forgot(email);
    expect([status, headers.get("location")]).toEqual([303, "/login"]);
  }
  expect((await invite(`invited-${round.replaceAll(" ", "-")}@example.com`)).status).toBe(201);
}

const sentTo = (address: string) => smtp.messages.filter(({ to }) => to.includes(address)).length;

test("a mail server that never greets changes no answer, and the mail goes out once it does", {
  tag: "@fault",
}, async () => {
  proxy.hang(true);
  await expectUsualAnswers("silent");
  await expect.poll(() => proxy.connections()).toBeGreaterThan(0);
  await expectUsualAnswers("silent again");
  proxy.hang(false);
  for (const to of ["root", "invited-silent", "invited-silent-again"]) {
    await expect.poll(() => sentTo(`${to}@example.com`), { timeout: 90_000 }).toBe(1);
  }
});

test("a mail server that takes a mail and does not say so changes no answer, and nothing is sent twice", {
  tag: "@fault",
}, async () => {
  let accept = () => {};
  const accepted = new Promise<undefined>((resolve) => {
    accept = () => resolve(undefined);
  });
  smtp.onMessage = () => accepted;
  const before = smtp.messages.length;
  await expectUsualAnswers("after data");
  await expect.poll(() => smtp.messages.length, { timeout: 60_000 }).toBe(before + 1);
  await expectUsualAnswers("after data again");
  accept();
  await expect.poll(() => sentTo("invited-after-data-again@example.com"), { timeout: 60_000 }).toBe(1);
  const counts = new Map(smtp.messages.map(({ to }) => [String(to), sentTo(String(to))]));
  expect([...counts.values()].filter((count) => count > 1)).toEqual([]);
  figure("mails sent", smtp.messages.length);
});
