import { sql } from "drizzle-orm";
import { expect, test } from "./fixtures";
import { type Isolated, startIsolated } from "./support/isolated";

let site: Isolated;
test.beforeAll(async () => {
  site = await startIsolated("health", { SMTP_URL: "smtp://127.0.0.1:1" });
});
test.afterAll(() => site?.end());

const last = sql`(select max(created_at) from drizzle.__drizzle_migrations)`;

test("a server whose migrations are not applied is alive and not ready, and says why and no more", async () => {
  const ready = () => fetch(`${site.url}/api/health/ready`);
  expect((await ready()).status).toBe(200);
  const { rows } = await site.ctx().db.execute(sql`
    delete from drizzle.__drizzle_migrations where created_at = ${last} returning hash, created_at`);
  const answer = await ready();
  expect(answer.status).toBe(503);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await answer.json()).toEqual({ type: "about:blank", title: "Migrations are pending", status: 503 });
  expect((await fetch(`${site.url}/api/health/live`)).status).toBe(200);
  for (const { hash, created_at } of rows) {
    await site.ctx().db.execute(sql`
      insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${created_at})`);
  }
  expect((await ready()).status).toBe(200);
});
