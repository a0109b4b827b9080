import { describe, expect, it } from "vitest";
import { collected } from "@/lib/testing/streams";
import { readCsv } from "./read-csv";

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const read = (text: string | Uint8Array, size = 7) => collected(readCsv(inPieces(Buffer.from(text), size)));

describe("readCsv", () => {
  it.each([
    ["\n", 1],
    ["\r\n", 1],
    ["\r\n", 1000],
    ["\r", 3],
  ])("tells the line on which each record begins, with %j between lines", async (lineBreak, size) => {
    const lines = ["a,b", '1,"x', 'y"', "", "2,z", '"q""r', "", '",w', "3,last"];
    const x = (text: string) => text.replaceAll("\n", lineBreak);
    expect(await read(lines.join(lineBreak), size)).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1", x("x\ny")] },
      { line: 5, cells: ["2", "z"] },
      { line: 6, cells: [x('q"r\n\n'), "w"] },
      { line: 9, cells: ["3", "last"] },
    ]);
  });

  it("knows semicolons by the first line, and a byte order mark", async () => {
    expect(await read("\ufeffa;b\r\n1,5;2\r\n")).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1,5", "2"] },
    ]);
    expect((await read("a,b\n1;5,2"))[1]).toEqual({ line: 2, cells: ["1;5", "2"] });
  });

  it("takes quotes where none belong as they stand", async () => {
    expect(await read('a\n"x"y\nz"\n')).toEqual(
      ["a", '"x"y', 'z"'].map((cell, at) => ({ line: at + 1, cells: [cell] })),
    );
  });

  it("ends where a quote is never closed, after everything before", async () => {
    const before = [
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1", "2"] },
    ];
    const fault = { line: 3, problem: { key: "quoteNotClosed" } };
    expect(await read('a,b\n1,2\n"3,4\n5,6\n')).toEqual([...before, fault]);
    const endless = `a,b\n1,2\n"3,4\n${"5,6\n".repeat(40_000)}"\n7,8\n`;
    expect(await read(endless, 1000)).toEqual([...before, fault]);
    expect(await read(endless, 1_000_000)).toEqual([...before, fault]);
  });

  it("ends where the text is not UTF-8", async () => {
    const latin = Buffer.concat([Buffer.from("a\nb\n".repeat(100_000)), Buffer.from("jos\u00e9\n", "latin1")]);
    const records = await read(latin, 1000);
    expect(records.at(-1)).toMatchObject({ problem: { key: "notUtf8" } });
    expect(await read(Buffer.from("jos\u00e9\n", "latin1"))).toEqual([{ line: 1, problem: { key: "notUtf8" } }]);
    // Half a character at the end.
    expect((await read(Buffer.from("a\n\u00e9").subarray(0, 3))).at(-1)).toMatchObject({ problem: { key: "notUtf8" } });
    expect((await read("\u00e9\u{1f600}\n", 1))[0]).toEqual({ line: 1, cells: ["\u00e9\u{1f600}"] });
  });

  it("of nothing gives nothing", async () => {
    expect(await read("")).toEqual([]);
  });
});
