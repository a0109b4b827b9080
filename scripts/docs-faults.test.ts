import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocument } from "./docs/document";

const FILE = "docs/faults.md";
const OUTCOMES = ["held", "found and fixed"];
const TEST = /^`([\w./-]+\.(?:test|spec)\.ts)`: (.+)$/;

const { rows } = parseDocument(FILE, readFileSync(FILE, "utf8"));

const cases = rows
  .map(({ cells: [fault = "", what = "", outcome = "", test = ""] }) => ({ fault, what, outcome, test }))
  .filter(({ test }) => TEST.test(test));

/** By what fails: cases, held, found and fixed. */
const summary = new Map(
  rows
    .map(({ cells: [fault = "", ...counts] }) => [fault, counts.map(Number)] as const)
    .filter(([, counts]) => counts.length === 3 && counts.every(Number.isInteger)),
);

const countsOf = (listed: typeof cases) => [
  listed.length,
  ...OUTCOMES.map((outcome) => listed.filter((each) => each.outcome === outcome).length),
];

describe("the table of faults", () => {
  it("says of each case what it was found to be", () => {
    expect(cases.length).toBeGreaterThan(30);
    expect(cases.filter(({ what, outcome }) => what === "" || !OUTCOMES.includes(outcome))).toEqual([]);
  });

  it("names tests that are there", () => {
    const missing = cases.filter(({ test }) => {
      const [, file = "", title = ""] = TEST.exec(test) ?? [];
      if (!existsSync(file)) return true;
      const source = readFileSync(file, "utf8");
      // What a title takes from a list stands in it as dots.
      return title.split(/ ?… ?/).some((part) => !source.includes(part));
    });
    expect(missing).toEqual([]);
  });

  it("counts in its summary what its rows say", () => {
    const faults = [...new Set(cases.map(({ fault }) => fault))];
    expect([...summary.keys()]).toEqual([...faults, "all"]);
    for (const [fault, counts] of summary) {
      expect([fault, counts]).toEqual([
        fault,
        countsOf(cases.filter((each) => fault === "all" || each.fault === fault)),
      ]);
    }
  });
});
