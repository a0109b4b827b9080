import { sql } from "drizzle-orm";
import fc from "fast-check";
import readWorkbook, { readSheet } from "read-excel-file/node";
import { describe, expect, it } from "vitest";
import { readInBatches } from "@/lib/db/cursor";
import { setUpTestDatabase } from "@/lib/testing/database";
import { collected } from "@/lib/testing/streams";
import { type ExportValue, neutral } from "./cells";
import { sheetXml } from "./sheet";
import { sheetNameOf, XLSX_MAX_ROWS, xlsxChunks } from "./xlsx";

setUpTestDatabase();

const texts = { yes: "yes", no: "no" };

async function* inBatches(rows: ExportValue[][], size = 2) {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

const xlsx = async (name: string, header: string[], batches: AsyncIterable<ExportValue[][]>) =>
  Buffer.concat(await collected(xlsxChunks(name, header, batches, texts)));

/** What a reader that is not ours finds below the header, in one column. */
async function readBack(values: ExportValue[]): Promise<unknown[]> {
  const file = await xlsx("Test", ["Value", "End"], inBatches(values.map((value) => [value, "."])));
  const [, ...rows] = await readSheet(file, { trim: false });
  return rows.map(([value]) => rounded(value));
}

/** Days are fractions in this format; this reader cuts where Excel rounds. */
const rounded = (value: unknown) =>
  value instanceof Date ? new Date(Math.round(value.getTime() / 1000) * 1000) : value;

const rawSheet = async (header: string[], rows: ExportValue[][]) =>
  Buffer.concat(await collected(sheetXml(header, inBatches(rows), texts))).toString();

describe("a workbook", () => {
  it("holds header and rows in the sheet of that name", async () => {
    const rows: ExportValue[][] = [
      ["Ann", -5, true, new Date("2031-05-06T07:08:09.999Z"), ["x", "y"], null],
      ["Bob", 0.25, false, null, [], ""],
      ["Zoe", 1e21, null, new Date("1999-12-31T23:59:59Z"), ["=1"], "z"],
    ];
    const header = ["Name", "Number", "Is it?", "When", "List", "Rest"];
    const workbook = await readWorkbook(await xlsx("People & [pets]", header, inBatches(rows)));
    expect(workbook.map(({ sheet, data }) => ({ sheet, data: data.map((row) => row.map(rounded)) }))).toEqual([
      {
        sheet: "People &  pets",
        data: [
          header,
          ["Ann", -5, "yes", new Date("2031-05-06T07:08:09Z"), "x; y", null],
          ["Bob", 0.25, "no", null, null, null],
          ["Zoe", 1e21, null, new Date("1999-12-31T23:59:59Z"), "'=1", "z"],
        ],
      },
    ]);
  });

  it("opens without rows too, also when empty batches come", async () => {
    expect(await readSheet(await xlsx("Test", ["a", "b"], inBatches([])))).toEqual([["a", "b"]]);
    async function* empty() {
      yield [];
      yield [];
    }
    expect(await readSheet(await xlsx("Test", ["a", "b"], empty()))).toEqual([["a", "b"]]);
  });

  it("keeps 30 columns apart", async () => {
    const row = Array.from({ length: 30 }, (_, index) => index);
    expect(await readSheet(await xlsx("Test", row.map(String), inBatches([row])))).toEqual([row.map(String), row]);
  });

  it("holds 50,000 rows of a query", async () => {
    const batches = readInBatches(async (db) =>
      (await db.select({ n: sql<number>`n` }).from(sql`generate_series(1, 50000) n`)).map(({ n }) => [n, `<${n}>`]),
    );
    const rows = await readSheet(await xlsx("Test", ["n", "text"], batches));
    expect(rows).toHaveLength(50_001);
    expect(rows.at(-1)).toEqual([50_000, "<50000>"]);
  });

  it("has room for as many rows as the format besides the header", () => {
    expect(XLSX_MAX_ROWS + 1).toBe(2 ** 20);
  });
});

describe("texts", () => {
  it.each([
    ["<b>&amp;</b> \"'", "<b>&amp;</b> \"'"],
    ["]]>", "]]>"],
    ["two\r\nlines\rand\nmore", "two\nlines\nand\nmore"],
    ["  blanks  ", "  blanks  "],
    ["\u{1f600}\u00e9\u6f22", "\u{1f600}\u00e9\u6f22"],
    ["a\u0001\u0008\u000b\u001fb\ufffe\uffffc", "abc"],
    ["a\ud800b", "ab"],
    ["_x0041_ _x000d_ _xyz_", "_x0041_ _x000d_ _xyz_"],
    ["_x003D_1+1", "_x003D_1+1"],
    ["=1+1", "'=1+1"],
    ["\ufffe=1", "'=1"],
    ["\u0001=1", "'=1"],
    ["-5", "'-5"],
    ["12", "12"],
  ])("%j is read as %j", async (text, expected) => {
    expect(await readBack([text])).toEqual([expected]);
  });

  it("are cut at what a cell can hold, never amid a character", async () => {
    const [plain, pair] = await readBack(["x".repeat(40_000), `${"x".repeat(32_766)}\u{1f600}`]);
    expect(plain).toBe("x".repeat(32_767));
    expect(pair).toBe("x".repeat(32_766));
  });

  it("come back as they were put in, defused", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."=+-@;,<>&_x0041 \"'\t\n\u00e9\u{1f600}"), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (all) => {
        expect(await readBack(all)).toEqual(all.map(neutral));
      }),
      { numRuns: 50 },
    );
  });
});

describe("times", () => {
  it("before and after Excel's calendar are texts", async () => {
    const times = ["1900-02-28T00:00:00Z", "1900-03-01T00:00:00Z", "9999-12-31T23:59:59Z"].map(
      (text) => new Date(text),
    );
    const values = await readBack([...times, new Date(Date.UTC(10_000, 0, 1)), new Date("infinity")]);
    expect(values).toEqual(["1900-02-28T00:00:00Z", times[1], times[2], "+010000-01-01T00:00:00Z", "Invalid Date"]);
  });
});

describe("the sheet", () => {
  it("has a bold header that stays in view, and columns as wide as their texts", async () => {
    const xml = await rawSheet(["Name", "When"], [["x".repeat(30), new Date("2031-05-06T00:00:00Z")]]);
    expect(xml).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
    expect(xml).toContain('<col min="1" max="1" width="32" customWidth="1"/><col min="2" max="2" width="22"');
    expect(xml).toContain('<c r="A1" t="inlineStr" s="1"><is><t>Name</t></is></c>');
    expect(xml).toContain('<c r="B2" s="2"><v>47974</v></c>');
  });

  it("holds numbers that no cell can hold as texts", async () => {
    expect(await readBack([Number.NaN, Number.POSITIVE_INFINITY])).toEqual(["NaN", "Infinity"]);
  });
});

describe("sheetNameOf", () => {
  it.each([
    ["Users", "Users"],
    ["a[b]c:d*e?f/g\\h", "a b c d e f g h"],
    ["'quoted'", "quoted"],
    ["x".repeat(40), "x".repeat(31)],
    [`${"x".repeat(30)}\u{1f600}`, "x".repeat(30)],
    ["a\u0001b", "a b"],
    ["", "Sheet1"],
    ["?'", "Sheet1"],
    ["history", "history_"],
    ["Usuarios y grupos", "Usuarios y grupos"],
  ])("%j becomes %j", (text, expected) => {
    expect(sheetNameOf(text)).toBe(expected);
  });
});
