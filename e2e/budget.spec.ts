import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { env, expect, test } from "./fixtures";
import { freePort, start, stop, untilUp } from "./support/process";
import { next, productionEnv } from "./support/server";

/** Bytes of all scripts that a page loads, gzipped alike for both servers. */
async function scriptBytes(page: Page, url: string): Promise<number> {
  const bodies: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") bodies.push(response.body());
  });
  await page.goto(url, { waitUntil: "networkidle" });
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("the login page loads at most 10 KB of scripts more than an empty page", async ({ browser, baseURL }, info) => {
  const port = await freePort();
  const [node, args] = next("start");
  const run = start(node, args, { cwd: env("E2E_EMPTY_APP"), env: productionEnv({ PORT: String(port) }) });
  await untilUp(run, `http://localhost:${port}`);
  const empty = await scriptBytes(await browser.newPage(), `http://localhost:${port}`);
  const login = await scriptBytes(await browser.newPage(), `${baseURL}/login`);
  await stop(run);
  info.annotations.push({ type: "bytes", description: `login ${login}, empty page ${empty}` });
  expect(empty).toBeGreaterThan(50_000);
  expect(login - empty).toBeLessThanOrEqual(10 * 1024);
});
