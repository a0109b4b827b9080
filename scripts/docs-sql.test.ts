import { expect, it } from "vitest";
import { connect } from "@/lib/db/client";
import { setUpTestDatabase } from "@/lib/testing/database";
import { readDocuments } from "./docs/document";

/** Samples of SQL, on a database as the migrations make it. */

const url = setUpTestDatabase();

const samples = readDocuments(process.cwd())
  .flatMap(({ blocks }) => blocks)
  .filter(({ language }) => language === "sql")
  .map(({ document, line, code }) => ({ where: `${document}:${line}`, code }));

/** Some statements run only outside of a transaction. PostgreSQL says so once it has read them. */
const NOT_IN_A_TRANSACTION = "25001";

it.each(samples)("$where is understood", async ({ code }) => {
  const client = await connect(url());
  try {
    await client.query("begin");
    const failure = await client.query(code).then(
      () => undefined,
      (error: { code?: string; message: string }) => (error.code === NOT_IN_A_TRANSACTION ? undefined : error.message),
    );
    expect(failure).toBeUndefined();
  } finally {
    await client.query("rollback");
    await client.end();
  }
});
