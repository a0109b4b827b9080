import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { addPerson } from "@/e2e/support/people";
import { freePort, start, stop, untilUp } from "@/e2e/support/process";
import { productionEnv } from "@/e2e/support/server";
import { startCluster } from "./support/cluster";
import { mountSmallDisk, NO_MOUNT } from "./support/disk";

/** There is no room on the disk of the embedded database, or of the log. */

test.describe.configure({ mode: "serial" });

let site: Isolated;
let cookie: string;

test.beforeAll(async () => {
  site = await startIsolated("disk", { SMTP_URL: "smtp://127.0.0.1:1" });
  cookie = await cookieOf(site.ctx(), await addPerson(site.ctx(), "root@example.com", { isSuperuser: true }));
});
test.afterAll(() => site?.end());

test("a log on a full disk, and errors that nobody reads any more, do not end the server", {
  tag: "@fault",
}, async () => {
  const disk = mountSmallDisk(1);
  test.skip(!disk, NO_MOUNT);
  if (!disk) return;
  const log = path.join(disk.folder, "log");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = productionEnv({ DATABASE_URL: site.databaseUrl, AUTH_URL: url, PORT: String(port) });
  const server = start("/bin/sh", ["-c", `exec node node_modules/next/dist/bin/next start > ${log}`], { env });
  try {
    await untilUp(server, `${url}/api/health/ready`);
    const client = clientOf(url, cookie);
    // Each request has a line in the log, with the id that it comes with.
    const ask = async (times: number) => {
      for (let n = 0; n < times; n += 1) expect((await client("GET", "/admin/users")).status).toBe(200);
    };
    await ask(1);
    disk.fill();
    server.child.stderr?.destroy();
    const size = statSync(log).size;
    // More than fits into the page of the file that was begun.
    await ask(30);
    expect(statSync(log).size - size).toBeLessThan(4096);
    disk.clear();
    await ask(3);
    await expect
      .poll(() => readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n"))
      .toContain('"path":"/admin/users"');
    await stop(server);
    expect(server.child.exitCode).toBe(0);
  } finally {
    server.child.kill("SIGKILL");
    disk.remove();
  }
});

test("an embedded database without room says so, leaves nothing half made, and starts once there is room", {
  tag: "@fault",
}, async () => {
  const disk = mountSmallDisk(120);
  test.skip(!disk, NO_MOUNT);
  if (!disk) return;
  try {
    disk.fill();
    await expect(startCluster(disk.folder)).rejects.toThrow(
      /The embedded PostgreSQL cannot start: [\s\S]*(No space left on device|ENOSPC)[\s\S]*set DATABASE_URL/,
    );
    disk.clear();
    const cluster = await startCluster(disk.folder);
    await cluster.run("create table it (works int)");
    await cluster.remove();
  } finally {
    disk.remove();
  }
});
