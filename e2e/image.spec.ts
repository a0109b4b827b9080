import { spawnSync } from "node:child_process";
import { lstatSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { hashSync } from "@node-rs/bcrypt";
import { connect } from "@/lib/db/client";
import { env, expect, logIn, test } from "./fixtures";
import { assembleImage, contents, image, nobody } from "./support/image";
import { freePort, type Run, start, stop, untilUp } from "./support/process";
import { productionEnv } from "./support/server";

/** What the Dockerfile puts into the image, run as in a container, by somebody who may write nothing there. */

test.describe.configure({ mode: "serial" });

const NAME = `e2e_image_${process.pid}`;
const PASSWORD = "a horse, a kingdom";

let folder: string;
let variables: NodeJS.ProcessEnv;
let server: Run | undefined;
test.beforeAll(async () => {
  folder = assembleImage();
  const port = await freePort();
  const admin = await connect(env("E2E_ADMIN_DATABASE_URL"));
  await admin.query(`create database ${NAME}`);
  await admin.end();
  variables = productionEnv({
    ...image.env,
    HOME: os.tmpdir(),
    // Docker gives the container's id, which no server can bind to.
    HOSTNAME: "0123456789ab",
    PORT: String(port),
    DATABASE_URL: env("E2E_ADMIN_DATABASE_URL").replace(/gatehouse$/, NAME),
    AUTH_URL: `http://localhost:${port}`,
    MIGRATE_ON_START: "false",
    EMAIL_ENABLED: "false",
  });
});
test.afterAll(async () => {
  if (server) await stop(server);
  rmSync(folder, { recursive: true, force: true });
  const admin = await connect(env("E2E_ADMIN_DATABASE_URL"));
  await admin.query(`drop database ${NAME} with (force)`);
  await admin.end();
});

/** A script of the image, as `docker exec` runs it. */
function npm(script: string, args: string[], input = "") {
  const command = ["run", "-s", script, "--", ...args];
  const { status, stdout, stderr } = spawnSync("npm", command, {
    ...{ input, cwd: folder, env: variables, encoding: "utf8" },
    ...nobody(),
  });
  return { code: status, out: stdout.trim(), err: stderr.trim() };
}

test("the image has all that it needs, and nothing of the machine it was built on", () => {
  expect(image.user).toBe("node");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const each = path.join(folder, file);
    if (lstatSync(each).isSymbolicLink()) expect(realpathSync(each)).toContain(`${realpathSync(folder)}${path.sep}`);
    expect(path.basename(file)).not.toMatch(/^\.env|^\.git$/);
  }
  const { resolve } = createRequire(path.join(folder, "server.js"));
  expect(resolve("pg")).toContain(realpathSync(folder));
  for (const name of ["tsx", "typescript", "@playwright/test"]) expect(() => resolve(name)).toThrow(/Cannot find/);
});

test("it migrates, adds people, signs them in and ends in order", async ({ page }) => {
  const before = contents(folder);
  expect(npm("auth", ["migrate"])).toMatchObject({ code: 0, err: "" });
  const create = ["create-user", "ann@example.com", "--as-superuser", "--password-stdin"];
  expect(npm("auth", create, `${PASSWORD}\n`)).toMatchObject({ code: 0, err: "" });
  const people = `loginId,passwordHash\nbob@example.com,${hashSync(PASSWORD, { cost: 4 })}\n`;
  expect(npm("auth", ["import-users", "-"], people)).toMatchObject({ code: 0, err: "" });
  expect(npm("seed", [])).toMatchObject({ code: 0, err: "" });
  const listed = JSON.parse(npm("auth", ["list-users", "--json"]).out) as { loginId: string }[];
  expect(listed.map(({ loginId }) => loginId)).toEqual(expect.arrayContaining(["ann@example.com", "bob@example.com"]));
  expect(npm("auth", ["doctor"])).toMatchObject({ code: 0, err: "" });

  server = start(...image.start, { cwd: folder, env: variables, ...nobody() });
  const isHealthy = () => spawnSync(...image.healthCheck, { cwd: folder, env: variables }).status === 0;
  await untilUp(server, `${variables.AUTH_URL}/api/health/ready`);
  expect(isHealthy()).toBe(true);
  const refused: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${variables.AUTH_URL}/admin/users`);
  await logIn(page, "ann@example.com", PASSWORD);
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  expect(refused).toEqual([]);
  await page.context().clearCookies();
  await page.goto(`${variables.AUTH_URL}/login`);
  await logIn(page, "bob@example.com", PASSWORD);
  await expect(page).toHaveURL(`${variables.AUTH_URL}/`);

  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  expect(server.output()).toContain('"msg":"shut down"');
  expect(server.output()).not.toMatch(/error|warn/i);
  expect(isHealthy()).toBe(false);
  expect(contents(folder)).toEqual(before);
});
