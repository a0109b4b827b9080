import { sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInBatches } from "@/lib/db/cursor";
import { setUpTestDatabase } from "@/lib/testing/database";
import { propertyRuns } from "@/lib/testing/property-runs";
import { collected } from "@/lib/testing/streams";
import { type ExportValue, neutral } from "./cells";
import { csvChunks } from "./csv";

setUpTestDatabase();

const texts = { yes: "yes", no: "no" };

async function* inBatches(rows: ExportValue[][], size = 2) {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

async function csv(header: string[], batches: AsyncIterable<ExportValue[][]>): Promise<string> {
  const file = Buffer.concat(await collected(csvChunks(header, batches, texts)));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file);
}

/** RFC 4180 as it reads, character by character. */
function parse(file: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < file.length; at += 1) {
    const character = file.charAt(at);
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (file.charAt(at + 1) === '"') cell += file.charAt(++at);
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === "," || file.startsWith("\r\n", at)) {
      row.push(cell);
      cell = "";
      if (character === ",") continue;
      rows.push(row);
      row = [];
      at += 1;
    } else cell += character;
  }
  expect([isQuoted, cell, row]).toEqual([false, "", []]);
  return rows;
}

const read = async (rows: ExportValue[][]) => {
  const file = await csv(["a", "b"], inBatches(rows));
  expect(file.charAt(0)).toBe("\ufeff");
  return parse(file.slice(1)).slice(1);
};

const nasty = fc.string({ unit: fc.constantFrom(..."=+-@;,\t\r\n \"'ab\u00e9\uff1d\u{1f600}") });

describe("a CSV file", () => {
  it("is, byte for byte, what RFC 4180 says, for Excel", async () => {
    const rows: ExportValue[][] = [
      ["plain", 1],
      ['say "hi"', -5],
      ["a,b", null],
      ["two\r\nlines", true],
      ["\u{1f600}", new Date("2031-05-06T07:08:09Z")],
      [["x", "y"], "=1"],
    ];
    expect(await csv(["Name", "=Value"], inBatches(rows))).toBe(
      "\ufeffName,'=Value\r\nplain,1\r\n" +
        '"say ""hi""",-5\r\n"a,b",\r\n"two\r\nlines",yes\r\n\u{1f600},2031-05-06T07:08:09Z\r\n"x; y",\'=1\r\n',
    );
  });

  it.each(['"', ",", "\r", "\n", ";", "\t"])("quotes a text with %j in it", async (character) => {
    const file = await csv(["a"], inBatches([[`x${character}y`], [" x"], ["x y"]]));
    expect(file).toBe(`\ufeffa\r\n"x${character === '"' ? '""' : character}y"\r\n" x"\r\nx y\r\n`);
  });

  it("has a header without rows too", async () => {
    expect(await csv(["a", "b"], inBatches([]))).toBe("\ufeffa,b\r\n");
  });

  it("comes in one chunk for each batch", async () => {
    const chunks = await collected(csvChunks(["n"], inBatches([[1], [2], [3]]), texts));
    expect(chunks.map(String)).toEqual(["\ufeffn\r\n1\r\n2\r\n", "3\r\n"]);
  });

  it("gives back what was put in, defused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(nasty, nasty)), async (rows) => {
        expect(await read(rows)).toEqual(rows.map((row) => row.map(neutral)));
      }),
      propertyRuns(100, 10),
    );
  });

  it("has no formulas for readers who split at semicolons and see no quotes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(nasty, nasty)), async (rows) => {
        const file = await csv(["a", "b"], inBatches(rows));
        for (const cell of file.split(/[;\t\r\n]/)) expect(cell).not.toMatch(/^[\s"]*[=+@\uff1d-]/);
      }),
      propertyRuns(100, 10),
    );
  });

  it("holds 50,000 rows of a query", async () => {
    const batches = readInBatches(async (db) =>
      (await db.select({ n: sql<number>`n` }).from(sql`generate_series(1, 50000) n`)).map(({ n }) => [n, `x,${n}`]),
    );
    const rows = parse((await csv(["n", "text"], batches)).slice(1));
    expect(rows).toHaveLength(50_001);
    expect(rows.at(-1)).toEqual(["50000", "x,50000"]);
  });
});
