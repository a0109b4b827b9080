import { eq } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { type Client, clientOf, cookieOf } from "@/e2e/support/api";
import { addPerson } from "@/e2e/support/people";
import { findLinkHolder, linkUrl, signLinkToken } from "@/lib/auth/links";
import { updateRecord } from "@/lib/crud/save";
import { sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { permissions } from "@/lib/permissions";
import { permissionIdsOf } from "@/lib/testing/factories";
import { userEntity } from "@/lib/users/entity";

/** What is signed is good for one thing, for one person, and only as long as the account is as it was. */

const program =
  (token: unknown): Client =>
  (method, path, { body, headers = {} } = {}) =>
    clientOf(env("E2E_BASE_URL"))(method, path, {
      body,
      headers: { origin: null, authorization: `Bearer ${token}`, ...headers },
    });

test("an access token follows its user: permissions at once, and the end with the account", async ({ ctx, unique }) => {
  const [token = ""] = Object.keys(permissions);
  const permissionIds = await permissionIdsOf([token]);
  const id = await addPerson(ctx, `${unique("bearer")}@example.com`, { permissionIds });
  const browser = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, id));
  const { json } = await browser("POST", "/api/token");
  const me = async () => program(json.accessToken)("GET", "/api/me");
  const change = (fields: Record<string, unknown>) => updateRecord(ctx, userEntity, id, undefined, fields);

  expect((await me()).json).toMatchObject({ user: { id }, permissions: [token] });
  await change({ permissionIds: [] });
  expect((await me()).json).toMatchObject({ permissions: [] });
  await change({ isEnabled: false });
  const ended = await me();
  expect(ended.status).toBe(401);
  expect(ended.headers.get("www-authenticate")).toMatch(/^Bearer/);
  await change({ isEnabled: true });
  expect((await me()).status).toBe(401);
});

test("a link to a new password is no access token, works once, and ends the sessions", async ({
  ctx,
  unique,
  page,
}) => {
  const id = await addPerson(ctx, `${unique("link")}@example.com`);
  await cookieOf(ctx, id);
  const holder = await findLinkHolder(ctx.db, eq(users.id, id));
  if (!holder) throw new Error("there is no such user");
  const { token } = await signLinkToken(holder, "reset");
  expect((await program(token)("GET", "/api/me")).status).toBe(401);

  const open = () => page.goto(linkUrl("reset", id, token));
  await open();
  expect(page.url()).not.toContain(token);
  for (const name of ["password", "confirm"]) await page.locator(`[name=${name}]`).fill("an evening by the quiet sea");
  await page.locator("form:has([name=confirm]) button[type=submit]").click();
  await expect(page).toHaveURL(/\/login/);
  expect(await ctx.db.$count(sessions, eq(sessions.userId, id))).toBe(0);
  await open();
  await expect(page.locator("[name=password]")).toHaveCount(0);
});
