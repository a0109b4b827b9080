import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, logIn, test } from "./fixtures";
import { copyProject } from "./support/copies";
import { complete, freePort, start } from "./support/process";

test("npm run dev on an empty folder: credentials, login, and the command line beside it", async ({ browser }) => {
  test.setTimeout(480_000);
  const cwd = copyProject("dev-copy");
  const port = await freePort();
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, PORT: String(port) } as unknown as NodeJS.ProcessEnv;
  const dev = start("npm", ["run", "dev"], { cwd, env: environment, detached: true });
  try {
    const url = `http://localhost:${port}`;
    await expect.poll(() => dev.output(), { timeout: 180_000 }).toContain(`ready at ${url}`);
    const [, loginId = ""] = /login\s+(\S+)/.exec(dev.output()) ?? [];
    const [, password = ""] = /password\s+(\S{12,})/.exec(dev.output()) ?? [];
    expect(readFileSync(path.join(cwd, ".env.local"), "utf8")).toMatch(/^AUTH_SECRET=development-\S{40,}\n$/);

    const page = await browser.newPage({ locale: "en-US" });
    await page.goto(`${url}/admin/users`, { timeout: 120_000 });
    await expect(page).toHaveURL(/login/, { timeout: 120_000 });
    // Typing before the development build has hydrated would be lost on it.
    await page.waitForLoadState("networkidle");
    await logIn(page, loginId, password);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Users", { timeout: 120_000 });

    const added = await complete("npm", ["run", "-s", "auth", "--", "create-user", "ann@example.com"], {
      cwd,
      env: environment,
    });
    expect(added).toContain("User created.\nEmail sent with verification URL.\n");
    await page.reload();
    await expect(page.getByRole("link", { name: "ann@example.com", exact: true })).toBeVisible();
    await page.goto(`${url}/dev/mailbox`, { timeout: 120_000 });
    await expect(page.getByText("ann@example.com").first()).toBeVisible({ timeout: 120_000 });
    await page.close();
  } finally {
    // As Ctrl-C does: to all that were started from this terminal.
    process.kill(-(dev.child.pid ?? 0), "SIGINT");
    await dev.exited;
  }
  // The last one out has stopped the database too.
  expect(() => readFileSync(path.join(cwd, ".data", "postgres", "postmaster.pid"))).toThrow();
});
