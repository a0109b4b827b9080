import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { env, expect, test } from "./fixtures";
import { startIsolated } from "./support/isolated";
import { freePort, start, stop, untilUp } from "./support/process";
import { productionEnv, serve } from "./support/server";

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

test("the pages that people meet first load at most 10 KB of scripts more than an empty page", async ({
  browser,
  baseURL,
}, info) => {
  const port = await freePort();
  const folder = env("E2E_EMPTY_APP");
  const run = start(...serve(folder), { cwd: folder, env: productionEnv({ PORT: String(port) }) });
  const app = await startIsolated("budget");
  try {
    await untilUp(run, `http://localhost:${port}`);
    const [link = ""] = /http\S+$/.exec(app.auth(["create-user", "new@example.com"]).out) ?? [];
    const bytes = async (url: string, landing = url) => {
      const page = await browser.newPage();
      const size = await scriptBytes(page, url);
      await expect(page).toHaveURL(landing);
      await page.close();
      return size;
    };
    const empty = await bytes(`http://localhost:${port}/`);
    const more = {
      login: (await bytes(`${baseURL}/login`)) - empty,
      forgot: (await bytes(`${baseURL}/forgot-password`)) - empty,
      verify: (await bytes(link, `${app.url}/verify-account`)) - empty,
    };
    info.annotations.push({ type: "bytes", description: JSON.stringify({ empty, ...more }) });
    expect(empty).toBeGreaterThan(50_000);
    for (const [page, size] of Object.entries(more)) expect(size, page).toBeLessThanOrEqual(10 * 1024);
  } finally {
    await stop(run);
    await app.end();
  }
});
