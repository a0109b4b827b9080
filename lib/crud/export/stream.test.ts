import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { readInBatches } from "@/lib/db/cursor";
import { setUpTestDatabase } from "@/lib/testing/database";
import { failureOf } from "@/lib/testing/failure";
import { recordLog } from "@/lib/testing/log";
import { expectNoCursors, openCursors } from "@/lib/testing/streams";
import { csvChunks } from "./csv";
import { toStream } from "./stream";
import { xlsxChunks } from "./xlsx";

setUpTestDatabase();

const logged = recordLog();

const texts = { yes: "yes", no: "no" };

/** Rows made as they are read; the one after `fault` cannot be made. */
const numbers = (fault = 0) =>
  readInBatches(
    async (db) =>
      (
        await db
          .select({ n: sql<number>`n / (n - ${fault})` })
          .from(sql`generate_series(1, 1000000) n`)
          .where(sql`${"secret"} <> ''`)
      ).map(({ n }) => [n, "text"]),
    100,
  );

const formats = {
  CSV: (batches: ReturnType<typeof numbers>) => csvChunks(["n", "text"], batches, texts),
  XLSX: (batches: ReturnType<typeof numbers>) => xlsxChunks("Numbers", ["n", "text"], batches, texts),
};

describe.each(Object.entries(formats))("a stream of %s", (_, chunksOf) => {
  it("closes the connection when the browser leaves", async () => {
    const reader = (await toStream(chunksOf(numbers()))).getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    expect(await openCursors()).toBe(1);
    await reader.cancel();
    await expectNoCursors();
  });

  it("closes it when the browser leaves amid a read, or before the first", async () => {
    const reader = (await toStream(chunksOf(numbers()))).getReader();
    await reader.read();
    const pending = Promise.all([reader.read(), reader.read()]);
    await reader.cancel();
    await pending;
    await (await toStream(chunksOf(numbers()))).cancel();
    await expectNoCursors();
    expect(logged()).toEqual([]);
  });

  it("breaks off visibly, logs why and quotes no parameters", async () => {
    const reading = new Response(await toStream(chunksOf(numbers(550)))).arrayBuffer();
    const error = await reading.catch((caught: unknown) => caught);
    expect(error).toEqual(new Error("The export was broken off."));
    expect(logged()).toEqual(["[export] broken off: division by zero"]);
    await expectNoCursors();
  });

  it("is refused before it begins when too many are under way", async () => {
    const under = await Promise.all(Array.from({ length: 4 }, () => toStream(chunksOf(numbers()))));
    expect(await failureOf(toStream(chunksOf(numbers())))).toMatchObject({ code: "unavailable" });
    await Promise.all(under.map((stream) => stream.cancel()));
    await expectNoCursors();
  });

  it("tells of a fault in the first batch before it begins", async () => {
    await expect(toStream(chunksOf(numbers(50)))).rejects.toThrow("division by zero");
    await expectNoCursors();
  });
});

describe("toStream", () => {
  it("makes a chunk when one is read, beyond the first", async () => {
    let made = 0;
    async function* chunks() {
      for (;;) yield new Uint8Array([++made]);
    }
    const reader = (await toStream(chunks())).getReader();
    await new Promise(setImmediate);
    expect(made).toBe(1);
    for (const expected of [1, 2, 3]) {
      expect((await reader.read()).value).toEqual(new Uint8Array([expected]));
      await new Promise(setImmediate);
      expect(made).toBe(expected);
    }
  });

  it("ends where the chunks end", async () => {
    async function* chunks() {
      yield new Uint8Array([1, 2]);
      yield new Uint8Array([3]);
    }
    expect(Buffer.from(await new Response(await toStream(chunks())).arrayBuffer())).toEqual(Buffer.from([1, 2, 3]));
  });
});
