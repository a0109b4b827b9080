import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { inTransaction } from "./context";

setUpTestDatabase();

it("a failed statement in a transaction does not quote the statement's parameters", async () => {
  const failure = await inTransaction(testContext(), ({ db }) =>
    db.execute(sql`select ${"s3cret"}::text, 1 / 0`),
  ).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "22012" });
  const { cause, message, stack } = failure as Error;
  expect(cause).toBeUndefined();
  expect(`${message}${stack}`).not.toContain("s3cret");
});

it("a transaction that fails leaves nothing behind", async () => {
  const ctx = testContext();
  const halfDone = inTransaction(ctx, async ({ db }) => {
    await db.execute(sql`insert into permissions (token, description) values ('half', 'done')`);
    throw new Error("second half");
  });
  await expect(halfDone).rejects.toThrow("second half");
  const { rows } = await ctx.db.execute(sql`select 1 from permissions where token = 'half'`);
  expect(rows).toEqual([]);
});
