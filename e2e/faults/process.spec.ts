import { isNull, sql } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson } from "@/e2e/support/people";
import type { Server } from "@/e2e/support/server";
import { mailOutbox } from "@/lib/db/schema/events";
import { createGroup } from "@/lib/groups/service";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { figure } from "./support/figures";
import { findAll } from "./support/found";
import { type Load, type Piece, startLoad } from "./support/load";
import { addingUsers, reading, savingGroups } from "./support/works";

/** One of two server processes is killed in the middle of everything, so that it can put nothing in order. */

test.describe.configure({ mode: "serial" });

let smtp: SmtpServer;
let site: Isolated;
let cookie: string;
let groupId: string;

test.beforeAll(async () => {
  smtp = await startSmtpServer();
  site = await startIsolated("killed", { SMTP_URL: smtp.url, ATTEMPT_IP_LIMIT: "0" });
  cookie = await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true }));
  groupId = await createGroup(site.ctx(), { name: "Newcomers", bundleIds: [], permissionIds: [] });
});

test.afterAll(async () => {
  await site?.end();
  await smtp?.kill();
});

async function loadOn({ url }: { url: string }): Promise<Load> {
  const client = clientOf(url, cookie);
  return startLoad([reading(client), addingUsers(client, groupId, true), await savingGroups(client)]);
}

/** As if the lease of the mails that the dead had in hand had run out. */
async function untilAllSent(): Promise<void> {
  const waiting = isNull(mailOutbox.sentAt);
  await site.ctx().db.update(mailOutbox).set({ nextTryAt: sql`now()` }).where(waiting);
  await expect.poll(() => site.ctx().db.$count(mailOutbox, waiting), { timeout: 60_000 }).toBe(0);
}

/** Kills one process after the other beside one that lives. */
async function killUnderLoad(rounds: number): Promise<void> {
  const living = await loadOn(site);
  const pieces: Piece[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const doomed: Server = await site.startAnother();
    const load = await loadOn(doomed);
    await load.until("ok", 3);
    doomed.child.kill("SIGKILL");
    await doomed.exited;
    await load.until("broken", 1);
    pieces.push(...(await load.end()));
    await living.until("ok", 1);
  }
  const next = await site.startAnother();
  // Whoever was signed in is so still, at any process.
  const after = await loadOn(next);
  await after.until("ok", 2);
  pieces.push(...(await after.end()), ...(await living.end()));

  expect(pieces.filter(({ told }) => told !== "ok" && told !== "broken")).toEqual([]);
  const { acknowledged, unannounced, ...found } = await findAll(site.ctx(), pieces);
  expect(found).toEqual({ lost: [], half: [] });

  await untilAllSent();
  const counts = new Map<string, number>();
  for (const { to } of smtp.messages) counts.set(String(to), (counts.get(String(to)) ?? 0) + 1);
  const twice = [...counts.values()].filter((count) => count > 1);
  // The one mail that a process had in hand when it died, if the mail server had taken it already.
  expect(twice.length).toBeLessThanOrEqual(rounds);
  expect(twice.every((count) => count === 2)).toBe(true);
  const isAcknowledged = ({ kind, told }: Piece) => kind === "add user" && told === "ok";
  const unmailed = pieces.filter(isAcknowledged).filter(({ key = "" }) => !counts.has(key));
  expect(unmailed).toEqual([]);
  figure("processes killed", rounds);
  figure("changes acknowledged, all found", acknowledged);
  figure("changes found that nobody was told of", unannounced);
  figure("mails sent", smtp.messages.length);
  figure("mails sent twice", twice.length);
}

test(
  "a process that is killed takes nothing with it that was acknowledged, and nobody's session",
  { tag: ["@fault", "@long"] },
  () => killUnderLoad(1),
);

test("ten processes that are killed one after the other", { tag: ["@fault", "@long"] }, () => {
  test.setTimeout(600_000);
  return killUnderLoad(10);
});
