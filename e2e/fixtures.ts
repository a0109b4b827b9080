import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { sessionCookieName, startSession } from "@/lib/auth/session";
import { setDatabaseUrl } from "@/lib/config/env";
import { type Context, noRequest } from "@/lib/context";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { PASSWORD } from "./support/people";

type Fixtures = {
  /** Verbs on the database of the server under test. */
  ctx: Context;
  /** Gives the browser a session of this user, without the login page. */
  signInAs: (loginId: string, browser?: BrowserContext) => Promise<void>;
  /** A name that no other test uses. */
  unique: (stem: string) => string;
};

export const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through playwright.config.ts`);
  return value;
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a fixture needs from its first parameter.
  ctx: async ({}, use) => {
    setDatabaseUrl(env("E2E_DATABASE_URL"));
    await use({ actor: { kind: "cli" }, db: database(), request: noRequest });
  },
  signInAs: async ({ ctx, context, baseURL }, use) => {
    await use(async (loginId, browser = context) => {
      const [user] = await ctx.db
        .select({ id: users.id, loginId: users.loginId })
        .from(users)
        .where(eq(users.loginId, loginId));
      if (!user) throw new Error(`no user ${loginId}`);
      const value = await startSession(ctx, user, "password");
      await browser.addCookies([
        { name: sessionCookieName(), value, url: baseURL ?? "", httpOnly: true, sameSite: "Lax" },
      ]);
    });
  },
  unique: async ({ browserName: _ }, use, info) => {
    await use((stem) => `${stem}-${info.workerIndex}-${Date.now().toString(36)}`);
  },
});

export { expect };

/** Fills in the login form and sends it. */
export async function logIn(page: Page, loginId: string, password = PASSWORD): Promise<void> {
  await page.locator("[name=loginId]").fill(loginId);
  await page.locator("[name=password]").fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}
