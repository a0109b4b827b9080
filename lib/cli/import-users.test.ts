import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { eq, like, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { setUpTestDatabase } from "@/lib/testing/database";

/** The commands that read and write files of users, as processes of their own. */

const databaseUrl = setUpTestDatabase();

let folder = "";
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "gatehouse-import-"));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** `npm run auth -- …` as an operator would run it. */
function auth(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/cli/main.ts", ...args], {
    env: { ...process.env, NODE_ENV: "test", LC_ALL: "en", DATABASE_URL: databaseUrl() },
  });
  children.push(child);
  const [out, err, exited] = [text(child.stdout), text(child.stderr), once(child, "close")];
  return {
    child,
    exited,
    ended: async () => ({ code: (await exited)[0], out: (await out).trim(), err: (await err).trim() }),
  };
}

const FIRST_BATCH = 500;
const everybody = Array.from({ length: 1_200 }, (_, index) => `user${String(index).padStart(4, "0")}@kill.example`);

const created = () => database().$count(users, like(users.loginIdCanonical, "%@kill.example"));
const audited = () => database().$count(auditEvents, like(auditEvents.entityLabel, "%@kill.example"));

async function waitingFor(count: number) {
  const waiting = sql`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  const look = async () => (await database().execute<{ count: number }>(waiting)).rows[0]?.count;
  await expect.poll(look, { timeout: 30_000 }).toBe(count);
}

it("an import that is killed leaves nobody half, and goes on when it is run again", { timeout: 120_000 }, async () => {
  const lines = ["loginId,isEnabled", ...everybody.map((loginId) => `${loginId},true`)];
  const killed = auth("import-users", "-");
  await database()
    .transaction(async (tx) => {
      // In the middle of its second and third batch it meets somebody who is not there yet, and waits.
      for (const index of [FIRST_BATCH + 200, 2 * FIRST_BATCH + 100]) {
        const met = everybody[index] ?? "";
        await tx.insert(users).values({ loginId: met, loginIdCanonical: met });
      }
      killed.child.stdin.end(lines.join("\n"));
      await waitingFor(2);
      killed.child.kill("SIGKILL");
      expect(await killed.exited).toEqual([null, "SIGKILL"]);
      throw new Error("nobody came");
    })
    .catch((error: Error) => expect(error.message).toBe("nobody came"));
  await waitingFor(0);
  expect([await created(), await audited()]).toEqual([FIRST_BATCH, FIRST_BATCH]);

  const file = path.join(folder, "users.csv");
  await writeFile(file, [...lines, '"bad\u001b[2J\nlogin",true', "late@kill.example,maybe"].join("\r\n"));
  expect(await auth("import-users", file).ended()).toEqual({
    code: 1,
    out: "700 users created, 500 already there, 2 refused.",
    err: [
      "line 1202: bad\ufffd[2J login: loginId: Enter one email address, such as ann@example.com.",
      "line 1204: late@kill.example: isEnabled: Write true or false.",
    ].join("\n"),
  });
  expect([await created(), await audited()]).toEqual([everybody.length, everybody.length]);
});

it("answers in JSON, and with 0 where nothing was refused", { timeout: 60_000 }, async () => {
  const run = auth("import-users", "-", "--json", "--allow-privileges");
  run.child.stdin.end("\ufeffloginId;isSuperuser\r\njson@example.com;true\r\n");
  expect(await run.ended()).toEqual({
    code: 0,
    out: '{"created":1,"alreadyThere":0,"refused":0,"dryRun":false}',
    err: "",
  });
  const [user] = await database().select().from(users).where(eq(users.loginId, "json@example.com"));
  expect(user).toMatchObject({ isSuperuser: true });
});

it("an export is a file of its own that only its owner can read", { timeout: 60_000 }, async () => {
  const file = path.join(folder, "export.csv");
  expect(await auth("export-users", file, "--json").ended()).toEqual({
    code: 0,
    out: JSON.stringify({ file, users: await database().$count(users) }),
    err: "",
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, "utf8")).split("\r\n")).toHaveLength((await database().$count(users)) + 2);
  expect((await readdir(folder)).filter((name) => name.includes(".part"))).toEqual([]);
});
