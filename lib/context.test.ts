import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { setUpTestDatabase, testContext } from "@/lib/testing/database";
import { failureOf } from "@/lib/testing/failure";
import { inTransaction } from "./context";

setUpTestDatabase();

it("a failed statement in a transaction does not quote its parameters", async () => {
  const failure = await failureOf(inTransaction(testContext(), ({ db }) => db.execute(sql`select ${"s3cret"}::uuid`)));
  expect(failure).toMatchObject({ code: "22P02" });
  const { cause, message } = failure as Error;
  expect(cause).toBeUndefined();
  expect(message).not.toContain("params");
});

it("a transaction that fails leaves nothing behind", async () => {
  const ctx = testContext();
  await failureOf(
    inTransaction(ctx, async ({ db }) => {
      await db.execute(sql`insert into permissions (token, description) values ('half', 'done')`);
      throw new Error("second half");
    }),
  );
  const { rows } = await ctx.db.execute(sql`select 1 from permissions where token = 'half'`);
  expect(rows).toEqual([]);
});
