import { chownSync, mkdirSync } from "node:fs";
import path from "node:path";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "@/e2e/fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { actionOn, alertIn, formData } from "@/e2e/support/forms";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { connect } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { serverUser } from "@/lib/db/server-user";
import { tellsUnavailable } from "./support/answers";
import { type Cluster, startCluster } from "./support/cluster";
import { mountSmallDisk, NO_MOUNT } from "./support/disk";
import { figure } from "./support/figures";
import { findAll } from "./support/found";
import { startLoad } from "./support/load";
import { untilWell } from "./support/recovery";
import { savingGroups } from "./support/works";

/** The database server is there, and yet does not do what it is asked. */

test.describe.configure({ mode: "serial" });

const LIMIT = 15;

let cluster: Cluster;
let site: Isolated;
let rootId: string;
let root: Client;
let login: ReturnType<typeof actionOn>;
let groupForm: ReturnType<typeof actionOn>;

test.beforeAll(async () => {
  cluster = await startCluster();
  site = await startIsolated("states", { SMTP_URL: "smtp://127.0.0.1:1", ATTEMPT_IP_LIMIT: "0" }, cluster.url);
  rootId = await addPerson(site.ctx(), "root@example.com", { isSuperuser: true });
  root = clientOf(site.url, await cookieOf(site.ctx(), rootId));
  login = actionOn((await clientOf(site.url)("GET", "/login")).text);
  groupForm = actionOn((await root("GET", "/admin/groups/add")).text);
});

test.afterAll(async () => {
  await site?.end();
  await cluster?.remove();
});

const signIn = (loginId: string, password: string): Promise<Answer> =>
  clientOf(site.url)("POST", "/login", {
    body: formData(login, [
      ["loginId", loginId],
      ["password", password],
    ]),
  });

const saveGroup = (name: string) => root("POST", "/admin/groups/add", { body: formData(groupForm, [["name", name]]) });

const wrongly = (times: number, loginId: string) =>
  Promise.all(Array.from({ length: times }, () => signIn(loginId, "not the password")));

const isRefused = (answer: Answer) => /do not belong together/.test(alertIn(answer));
const isBlocked = (answer: Answer) => /^Too many failed login attempts/.test(alertIn(answer));
const isIn = ({ headers }: Answer) => headers.getSetCookie().some((each) => /^gatehouse-session=[\w-]{43}/.test(each));

/** Guesses at one account: as many are looked at as the limit allows, whatever was before. */
async function expectExactly(left: number, loginId: string): Promise<void> {
  const answers = await wrongly(left + 5, loginId);
  expect([answers.filter(isRefused).length, answers.filter(isBlocked).length]).toEqual([left, 5]);
}

const read = () => root("GET", "/account");
const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));
const all = (answers: Answer[], is: (answer: Answer) => boolean) => {
  expect(answers.filter((answer) => !is(answer)).map(({ status, text }) => [status, text.slice(0, 300)])).toEqual([]);
};
const isOpen = ({ status }: Answer) => status === 200;
const isOpenOrAway = (answer: Answer) => isOpen(answer) || tellsUnavailable(answer);

test.describe("a database that is stopped where it is", { tag: "@fault" }, () => {
  test("lets nobody in and counts no guess; what waits is done once it goes on", { tag: "@long" }, async () => {
    const guessed = "paused@example.com";
    all(await wrongly(3, guessed), isRefused);
    cluster.pause();
    try {
      const ready = root("GET", "/api/health/ready");
      const reads = times(10, read);
      // All of these are answered while it stands still, or this would wait for ever.
      const startedAt = performance.now();
      all([...(await wrongly(4, guessed)), await signIn("root@example.com", PASSWORD)], tellsUnavailable);
      figure("ms to the last answer to 5 sign-ins", Math.round(performance.now() - startedAt));
      expect((await ready).status).toBe(503);
      cluster.resume();
      all(await reads, isOpenOrAway);
    } finally {
      cluster.resume();
    }
    figure("ms to the first good answer", await untilWell(root));
    await expectExactly(LIMIT - 3, guessed);
    expect(isIn(await signIn("root@example.com", PASSWORD))).toBe(true);
  });

  test("is given up by everything that waits for it, connections included", { tag: "@long" }, async () => {
    await times(10, read);
    cluster.pause();
    try {
      const startedAt = performance.now();
      const saves = times(3, () => saveGroup("in the pause"));
      const answers = [
        ...(await times(40, read)),
        ...(await saves),
        await root("GET", "/admin/users/export?format=csv"),
      ];
      all(answers, tellsUnavailable);
      figure("ms to the last answer to 44 requests", Math.round(performance.now() - startedAt));
      // Those that come later wait for a connection only.
      all(await times(5, read), tellsUnavailable);
    } finally {
      cluster.resume();
    }
    figure("ms to the first good answer", await untilWell(root));
    all(await times(40, read), isOpen);
  });
});

test.describe("a database without a free connection", { tag: "@fault" }, () => {
  test("that others have taken is unavailable, and well once they let go", async () => {
    await cluster.end("fast");
    await cluster.start(["max_connections=30"]);
    const taken: Awaited<ReturnType<typeof connect>>[] = [];
    const refused = (async () => {
      for (;;) taken.push(await connect(cluster.url));
    })();
    await expect(refused).rejects.toThrow(/too many clients|remaining connection slots/);
    // The app holds a connection for its pages already, but none for decisions.
    all([await signIn("root@example.com", PASSWORD), ...(await wrongly(3, "crowded@example.com"))], tellsUnavailable);
    all(await times(10, read), isOpenOrAway);
    await Promise.all(taken.map((client) => client.end()));
    await untilWell(root);
    expect(isIn(await signIn("root@example.com", PASSWORD))).toBe(true);
    await cluster.end("fast");
    await cluster.start();
    await untilWell(root);
  });

  const SLOW = "for the app's own slow queries still decides on guesses, and does all that waits once they end";
  test(SLOW, { tag: "@long" }, async () => {
    const guessed = "slow@example.com";
    const blocker = await connect(site.databaseUrl);
    const load = startLoad(Array(12).fill(await savingGroups(root)));
    await blocker.query("begin");
    await blocker.query("lock table groups in access exclusive mode");
    const waiting = () => site.ctx().db.$count(sql`pg_stat_activity`, sql`wait_event_type = 'Lock'`);
    await expect.poll(waiting).toBe(10);
    // Nobody is told that the password is wrong, since nobody could look.
    all([...(await wrongly(5, guessed)), ...(await times(3, read))], tellsUnavailable);
    await blocker.query("rollback");
    await blocker.end();
    await load.until("ok", 10);
    const pieces = await load.end();
    expect(pieces.filter(({ told }) => !["ok", "unavailable"].includes(told))).toEqual([]);
    expect(await findAll(site.ctx(), pieces)).toMatchObject({ lost: [], half: [], unannounced: 0 });
    await expectExactly(LIMIT, guessed);
  });
});

test("a page that fails in the middle by a database that cannot be asked is told to come back, not that it is broken", {
  tag: "@fault",
}, async () => {
  const blocker = await connect(site.databaseUrl);
  await cluster.run("alter system set lock_timeout = '300ms'", "select pg_reload_conf()");
  try {
    await blocker.query("begin");
    await blocker.query("lock table groups in access exclusive mode");
    // The middleware lets it in, asking other tables; the page itself meets the lock.
    const failed = await root("GET", "/admin/groups");
    expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await read()).status).toBe(200);
  } finally {
    await blocker.end();
    await cluster.run("alter system reset lock_timeout", "select pg_reload_conf()");
  }
  expect((await root("GET", "/admin/groups")).status).toBe(200);
});

test.describe("a database that only reads", { tag: "@fault" }, () => {
  const setReadOnly = async (isSo: boolean) => {
    await cluster.run(
      `alter system set default_transaction_read_only = ${isSo ? "on" : "off"}`,
      "select pg_reload_conf()",
    );
    const client = await connect(site.databaseUrl);
    const shown = async () => (await client.query("show default_transaction_read_only")).rows[0];
    await expect.poll(shown).toEqual({ default_transaction_read_only: isSo ? "on" : "off" });
    await client.end();
  };

  test("lets people read, with sessions and with tokens, and says of everything else that it cannot be done now", async () => {
    const { accessToken } = await createAccessToken(site.ctx(), { id: rootId });
    const bearer = clientOf(site.url);
    const headers = { authorization: `Bearer ${accessToken}` };
    // Both are due to be noted as in use, which cannot be.
    await site.ctx().db.update(sessions).set({ lastSeenAt: sql`now() - interval '5 minutes'` });
    await setReadOnly(true);
    try {
      for (const path of ["/account", "/admin/users", "/admin/groups", "/api/me", "/admin/audit"]) {
        expect([path, (await root("GET", path)).status]).toEqual([path, 200]);
      }
      expect((await bearer("GET", "/api/me", { headers })).status).toBe(200);
      expect((await root("GET", "/admin/groups/export?format=csv")).text).toContain("\r\n");
      const saved = await saveGroup("read only");
      expect(tellsUnavailable(saved, "read only")).toBe(true);
      const body = { name: "read only", bundleIds: [], permissionIds: [] };
      const posted = await root("POST", "/api/groups", { body, headers: { "content-type": "application/json" } });
      expect(tellsUnavailable(posted)).toBe(true);
      all(
        [await signIn("root@example.com", PASSWORD), ...(await wrongly(3, "readonly@example.com"))],
        tellsUnavailable,
      );
    } finally {
      await setReadOnly(false);
    }
    expect((await saveGroup("read only")).status).toBe(303);
    const [seen] = await site.ctx().db.select().from(sessions).where(eq(sessions.userId, rootId)).limit(1);
    expect(seen).toBeDefined();
    await expectExactly(LIMIT, "readonly@example.com");
  });
});

test.describe("a database whose disk is full", { tag: "@fault" }, () => {
  test("takes nothing or the whole, lets people read, and goes on once there is room", async () => {
    const disk = mountSmallDisk(16);
    test.skip(!disk, NO_MOUNT);
    if (!disk) return;
    const folder = path.join(disk.folder, "space");
    mkdirSync(folder);
    const user = serverUser();
    if (user) chownSync(folder, user.uid, user.gid);
    try {
      await cluster.run(`create tablespace small location '${folder}'`);
      for (const table of ["groups", "audit_events"]) {
        await site.ctx().db.execute(sql.raw(`alter table ${table} set tablespace small`));
      }
      const load = startLoad([await savingGroups(root)]);
      await load.until("ok", 3);
      disk.fill();
      await load.until("unavailable", 3);
      expect((await read()).status).toBe(200);
      expect((await root("GET", "/admin/groups")).status).toBe(200);
      disk.clear();
      await load.until("ok", 3);
      const pieces = await load.end();
      expect(pieces.filter(({ told }) => !["ok", "unavailable"].includes(told))).toEqual([]);
      const { acknowledged, unannounced, ...found } = await findAll(site.ctx(), pieces);
      expect({ ...found, unannounced }).toEqual({ lost: [], half: [], unannounced: 0 });
      figure("changes acknowledged, all found", acknowledged);
      for (const table of ["groups", "audit_events"]) {
        await site.ctx().db.execute(sql.raw(`alter table ${table} set tablespace pg_default`));
      }
      await cluster.run("drop tablespace small");
    } finally {
      disk.remove();
    }
  });
});
