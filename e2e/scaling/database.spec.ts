import { env, expect, test } from "@/e2e/fixtures";
import { type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { addPerson } from "@/e2e/support/people";
import { complete } from "@/e2e/support/process";
import { end } from "@/e2e/support/scaling/service";
import { type ScaledSite, startScaledSite } from "@/e2e/support/scaling/site";
import { productionEnv, serve } from "@/e2e/support/server";
import { type Finding, ok, warning, wrong } from "@/lib/cli/doctor/finding";
import { checkDatabase } from "@/lib/cli/doctor/installation";
import { checkPooler, checkReplica } from "@/lib/cli/doctor/machines";
import { withEnvironment } from "@/lib/testing/environment";

/** PgBouncer and a streaming replica as the app sees them: found, told of, used, and done without. */

let site: ScaledSite;
let client: Client;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  site = await startScaledSite({ EMAIL_ENABLED: "false" });
  const id = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  client = clientOf(site.url, await cookieOf(site.ctx(), id));
});

test.afterAll(() => site?.end());

/** What the doctor finds of pooler and replica, in this process, with other settings than those of the site. */
const doctor = (settings: Record<string, string> = {}): Promise<Finding[]> =>
  withEnvironment({ ...site.settings, ...settings }, async () => {
    const ctx = site.ctx();
    const database = await checkDatabase(async () => ctx);
    if (database.some(({ state }) => state === "wrong")) return database;
    return [...(await checkPooler(ctx)), ...(await checkReplica(ctx))];
  });

const ofNoUse = (reason: RegExp) => ({ ...warning("noReplica"), params: { reason: expect.stringMatching(reason) } });

const add = (loginId: string) => addPerson(site.ctx(), loginId, { password: "" });

/** Of exports and of lists. */
const READS = ["/admin/users/export?format=csv&cols=loginId", "/admin/audit/export?format=csv", "/admin/audit"];

/** Reads everything. @returns whether each shows `loginId`, and how often the replica was asked for rows */
async function read(loginId: string) {
  const asked = () => site.cluster.replica.run.output().match(/declare batches|from "audit_events"/g)?.length ?? 0;
  const before = asked();
  const shows: boolean[] = [];
  for (const path of READS) shows.push((await client("GET", path)).text.includes(loginId));
  return { shows, isFromReplica: asked() > before };
}

const EVERYWHERE = [true, true, true];

test("the doctor knows both, and says what is wrong with them @scaling", async () => {
  expect(await doctor()).toEqual([ok("pooler"), ok("replica")]);
  // The pooler as the guide has it refuses what an app begins with that does not know of it.
  expect(await doctor({ DATABASE_POOLER: "none" })).toEqual([wrong("poolerRefuses")]);
  const { primary } = site.cluster;
  expect(await doctor({ DATABASE_REPLICA_URL: primary.url })).toEqual([ok("pooler"), ofNoUse(/no replication/)]);
  const elsewhere = env("E2E_ADMIN_DATABASE_URL");
  expect(await doctor({ DATABASE_REPLICA_URL: elsewhere })).toEqual([ok("pooler"), wrong("replicaOfAnother")]);
  await site.cluster.ask("primary", "alter role gatehouse reset statement_timeout");
  const names = "statement_timeout";
  expect(await doctor({ DATABASE_URL: primary.url })).toEqual([wrong("poolerSettings", { names }), ok("replica")]);
  await site.cluster.ask("primary", "alter role gatehouse set statement_timeout = '30s'");
});

test("a server that was not told of the pooler does not start, and says why @scaling", async () => {
  const [node, args] = serve(process.cwd());
  const variables = productionEnv({ ...site.settings, DATABASE_POOLER: "none", PORT: "0" });
  const outcome = complete(node, args, { env: variables });
  await expect(outcome).rejects.toThrow(
    /Set DATABASE_POOLER=transaction, see docs\/scaling\.md \(unsupported startup parameter/,
  );
});

test("a replica that has everything is read from @scaling", async () => {
  await add("first@example.com");
  expect(await read("first@example.com")).toEqual({ shows: EVERYWHERE, isFromReplica: true });
});

test("one that lags is passed over, so that nobody misses what was just saved @scaling", async () => {
  await site.cluster.ask("replica", "select pg_wal_replay_pause()");
  await expect
    .poll(() => site.cluster.ask("replica", "select pg_get_wal_replay_pause_state() as is"))
    .toEqual([{ is: "paused" }]);
  await add("second@example.com");
  expect(await site.cluster.ask("replica", "select 1 from users where login_id = 'second@example.com'")).toEqual([]);
  expect(await read("second@example.com")).toEqual({ shows: EVERYWHERE, isFromReplica: false });
  expect(await doctor()).toEqual([ok("pooler"), warning("replicaLags")]);
  await site.cluster.ask("replica", "select pg_wal_replay_resume()");
  await expect.poll(() => read("second@example.com")).toEqual({ shows: EVERYWHERE, isFromReplica: true });
});

test("one that is gone is done without @scaling", async () => {
  await end(site.cluster.replica.run, "SIGQUIT");
  await add("third@example.com");
  expect(await read("third@example.com")).toEqual({ shows: EVERYWHERE, isFromReplica: false });
  expect(await doctor()).toEqual([ok("pooler"), ofNoUse(/ECONNREFUSED/)]);
  expect(site.apps.map(({ output }) => output()).join()).toContain("the replica is not asked");
});
