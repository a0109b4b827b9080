import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@/lib/testing/property-runs";
import { type ExportValue, isoSeconds, neutral, restored, textOf, unambiguous } from "./cells";

describe("neutral", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t'=1"],
    ["\tx", "'\tx"],
    ["\rx", "'\rx"],
    ["\nx", "'\nx"],
    ["\u0000x", "'\u0000x"],
    ["\uff1d1", "'\uff1d1"],
    ["\uff0b1", "'\uff0b1"],
    ["\uff0d1", "'\uff0d1"],
    ["\uff201", "'\uff201"],
    ["\ufe661", "'\ufe661"],
    ["  =1", "'  =1"],
    ["\u00a0=1", "'\u00a0=1"],
    ["\u3000=1", "'\u3000=1"],
    ["\u200b=1", "'\u200b=1"],
    ["\ufeff=1", "'\ufeff=1"],
    ["\ufffe=1", "'\ufffe=1"],
    ['"=1', "'\"=1"],
    ['" =1', "'\" =1"],
    ["x;=1+1;y", "x;'=1+1;y"],
    ["x; \u00a0@y", "x; \u00a0'@y"],
    ["x;;-1", "x;;'-1"],
    ["x\n=1", "x\n'=1"],
    ["x\r\n=1", "x\r\n'=1"],
    ["x\t+1", "x\t'+1"],
    ['x;"=1', "x;\"'=1"],
  ])("defuses %j", (text, expected) => {
    expect(neutral(text)).toBe(expected);
    expect(neutral(expected)).toBe(expected);
  });

  it.each([
    "",
    "ann@example.com",
    "a-b",
    "1+1=2",
    "'=1",
    "Smith, -5",
    "x;y\nz",
    "\u00c5sa",
    "(=1)",
    "\u{1f600}=",
    "  x",
  ])("leaves %j alone", (text) => {
    expect(neutral(text)).toBe(text);
  });

  it("adds apostrophes and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."=+-@;\t\r\n \"'a,\uff1d") }), (text) => {
        expect(neutral(text).replaceAll("'", "")).toBe(text.replaceAll("'", ""));
        expect(neutral(neutral(text))).toBe(neutral(text));
      }),
      propertyRuns(500),
    );
  });
});

const texts = { yes: "S\u00ed", no: "No" };

describe("textOf", () => {
  it.each<[ExportValue, string]>([
    [-5, "-5"],
    ["-5", "'-5"],
    [0.25, "0.25"],
    [null, ""],
    ["", ""],
    [true, "S\u00ed"],
    [false, "No"],
    [["Staff", "Guests"], "Staff; Guests"],
    [["Staff", "=1"], "Staff; '=1"],
    [["=1", "Staff"], "'=1; Staff"],
    [[], ""],
    [new Date("2031-05-06T00:00:00.999Z"), "2031-05-06T00:00:00Z"],
  ])("writes %j as %j", (value, expected) => {
    expect(textOf(value, texts)).toBe(expected);
  });

  it("writes what is no date in JavaScript too", () => {
    expect(isoSeconds(new Date("infinity"))).toBe("Invalid Date");
    expect(isoSeconds(new Date(Date.UTC(12_345, 0, 1)))).toBe("+012345-01-01T00:00:00Z");
  });
});

describe("restored", () => {
  it.each([
    ["'=1+1", "=1+1"],
    ["'\t'=1", "\t=1"],
    ["x;'=1+1;y", "x;=1+1;y"],
    ["'ann", "'ann"],
    ["''", "''"],
    ["o'=1", "o'=1"],
  ])("%j is %j", (cell, text) => {
    expect(restored(cell)).toBe(text);
  });

  it("gives every text back", () => {
    const marks = fc.constantFrom("'", "=", "-", ";", "\n", "\t", " ", '"', "\u200b", "\uff1d", "a", "\ud83d\ude00");
    const texts = fc.oneof(
      fc.array(marks, { maxLength: 12 }).map((all) => all.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const cell = neutral(unambiguous(text));
        expect(restored(cell)).toBe(text);
        expect(neutral(cell)).toBe(cell);
      }),
      propertyRuns(5_000),
    );
  });
});
