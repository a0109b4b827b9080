import { expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson } from "@/e2e/support/people";
import { createGroup } from "@/lib/groups/service";
import { type Cluster, startCluster } from "./support/cluster";
import { figure } from "./support/figures";
import { findAll } from "./support/found";
import { type Load, startLoad } from "./support/load";
import { untilWell } from "./support/recovery";
import {
  addingUsers,
  exporting,
  peopleWithLinks,
  type Redeemable,
  reading,
  redeeming,
  savingGroups,
  signingIn,
} from "./support/works";

/** The whole database server goes down and comes up again, in the middle of everything. */

test.describe.configure({ mode: "serial" });

const SIGNER = "signer@example.com";

let cluster: Cluster;
let site: Isolated;
let cookie: string;
let groupId: string;

test.beforeAll(async () => {
  cluster = await startCluster();
  site = await startIsolated("restarted", { SMTP_URL: "smtp://127.0.0.1:1", ATTEMPT_IP_LIMIT: "0" }, cluster.url);
  cookie = await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true }));
  await addPerson(site.ctx(), SIGNER);
  groupId = await createGroup(site.ctx(), { name: "Newcomers", bundleIds: [], permissionIds: [] });
});

test.afterAll(async () => {
  await site?.end();
  await cluster?.remove();
});

/** @param side how many do the same side by side */
async function loadOf(links: readonly Redeemable[], side: number): Promise<Load> {
  const client = clientOf(site.url, cookie);
  const one = [
    reading(client),
    addingUsers(client, groupId),
    await savingGroups(client),
    exporting(client),
    await signingIn(site.url, SIGNER),
  ];
  return startLoad([...Array.from({ length: side }, () => one).flat(), await redeeming(site.url, links)]);
}

/** One restart after the other under load, and a look for everything afterwards. */
async function restartUnderLoad(how: "fast" | "crash", { rounds, side }: { rounds: number; side: number }) {
  const load = await loadOf(await peopleWithLinks(site.ctx(), 100 * rounds), side);
  const recovered: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await load.until("ok", 2);
    await cluster.end(how);
    await load.until("unavailable", 2);
    await cluster.start();
    recovered.push(await untilWell(clientOf(site.url, cookie)));
    await load.until("ok", 2);
  }
  const pieces = await load.end();

  expect(pieces.filter(({ told }) => told.startsWith("wrong"))).toEqual([]);
  // Whoever got no whole answer was in the middle of an export, whose first rows were out.
  expect(pieces.filter(({ told, kind }) => told === "broken" && kind !== "export")).toEqual([]);
  const { acknowledged, unannounced, ...found } = await findAll(site.ctx(), pieces);
  expect(found).toEqual({ lost: [], half: [] });
  expect(acknowledged).toBeGreaterThanOrEqual(6 * rounds);
  figure("restarts", rounds);
  figure("changes acknowledged, all found", acknowledged);
  figure("changes found that nobody was told of", unannounced);
  figure("longest ms to the first good answer", Math.max(...recovered));
  figure("longest ms of an answer", Math.max(...pieces.map(({ ms }) => Math.round(ms))));
}

for (const [how, words] of [
  ["fast", "restarted"],
  ["crash", "crashed"],
] as const) {
  test(
    `a database that is ${words} under load loses nothing that was acknowledged, and the app recovers by itself`,
    {
      tag: how === "crash" ? ["@fault"] : ["@fault", "@long"],
    },
    () => restartUnderLoad(how, { rounds: 1, side: 1 }),
  );

  test(`a database that is ${words} ten times under more load`, { tag: ["@fault", "@long"] }, () => {
    test.setTimeout(600_000);
    return restartUnderLoad(how, { rounds: 10, side: 3 });
  });
}

test("the server process has lived through all of it, without a fault of its own", { tag: "@fault" }, () => {
  expect(site.server.child.exitCode).toBeNull();
  expect(site.server.output()).not.toMatch(/TypeError|uncaught/i);
});
