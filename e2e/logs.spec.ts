import { sql } from "drizzle-orm";
import { env, expect, test } from "./fixtures";
import { PASSWORD, people } from "./support/people";
import { stop } from "./support/process";
import { startServer } from "./support/server";

test("a database error in the log quotes no password hash and no session", async ({ page, ctx, signInAs }) => {
  // Without mail the form of a user has a password.
  const server = await startServer(process.cwd(), env("E2E_DATABASE_URL"), { EMAIL_ENABLED: "false" });
  await ctx.db.execute(sql`
    create function explode() returns trigger language plpgsql as $$ begin raise exception 'exploded on purpose'; end $$`);
  await ctx.db.execute(sql`
    create trigger explode before insert on users for each row
    when (new.login_id = 'explode@example.com') execute function explode()`);
  await signInAs(people.root);
  await page.goto(`${server.url}/admin/users/add`);
  await page.getByLabel("Email").fill("explode@example.com");
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("Confirm password").fill(PASSWORD);
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("This could not be saved right now.")).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue("explode@example.com");

  await expect.poll(server.output).toContain("exploded on purpose");
  expect(server.output()).not.toMatch(/\$argon2|params:|insert into/);
  await stop(server);
});
