import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, connect } from "@/lib/db/client";

/** One statement on the server as such, as opposed to a database on it. */
async function onServer(statement: string): Promise<void> {
  const client = await connect(`${inject("testServerUrl")}/postgres`);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const uniqueName = () => `${inject("testTemplate")}_${randomBytes(6).toString("hex")}`;

/**
 * A database for the tests of one file, and the app pointed to it. Call it once at the top of the file.
 *
 * ```ts
 * setUpTestDatabase();
 * it("…", async () => { await createTestUser({ permissions: ["auth-manage"] }); … });
 * ```
 *
 * It is a copy of a migrated one with the declared permissions in it and nothing else, and is dropped at the end. Tests of
 * one file share it, so each makes the records it speaks of, under names of its own.
 * @returns a function that tells its address
 */
export function setUpTestDatabase(): () => string {
  let name = "";
  const url = () => `${inject("testServerUrl")}/${name}`;
  beforeAll(async () => {
    name = uniqueName();
    await onServer(`create database "${name}" template "${inject("testTemplate")}"`);
    setDatabaseUrl(url());
  });
  afterAll(async () => {
    await closeDatabase();
    await onServer(`drop database if exists "${name}"`);
  });
  return url;
}
