import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLASSES, DOCUMENT, RESULTS, readCases, summaryOf, titlePattern } from "./attack/cases";
import { parseDocument } from "./docs/document";

const cases = readCases();
const { rows } = parseDocument(DOCUMENT, readFileSync(DOCUMENT, "utf8"));

describe("the cases of the attack suite", () => {
  it("are of a class, have been tried, and have a result", () => {
    expect(cases.length).toBeGreaterThan(80);
    expect(cases.filter((each) => !(CLASSES as readonly string[]).includes(each.class))).toEqual([]);
    expect(cases.filter((each) => !(RESULTS as readonly string[]).includes(each.result))).toEqual([]);
    expect(cases.filter(({ tried }) => !Number.isInteger(tried) || tried < 1)).toEqual([]);
  });

  it("are shown by tests that are there", () => {
    const texts = new Map(
      [...new Set(cases.map(({ file }) => file))].map((file) => [file, readFileSync(file, "utf8")]),
    );
    const isThere = ({ file, title }: (typeof cases)[number]) =>
      [`"${title}"`, `\`${title}\``].some((quoted) => texts.get(file)?.includes(quoted));
    expect(cases.filter((each) => !isThere(each)).map(({ file, title }) => `${file}: ${title}`)).toEqual([]);
  });

  it("leave no test of e2e/attack out", () => {
    const named = new Set(cases.map(({ file, title }) => `${file}: ${title}`));
    const tests = readdirSync("e2e/attack")
      .filter((name) => name.endsWith(".spec.ts"))
      .flatMap((name) => {
        const text = readFileSync(`e2e/attack/${name}`, "utf8");
        return [...text.matchAll(/\btest\(\s*(["`])(.*?)\1,/g)].map(([, , title]) => `e2e/attack/${name}: ${title}`);
      });
    expect(tests.length).toBeGreaterThan(30);
    expect(tests.filter((each) => !named.has(each))).toEqual([]);
  });

  it("are counted in the summary", () => {
    const summary = rows
      .map(({ cells: [name = "", ...counts] }) => [name, counts.map(Number)] as const)
      .filter(([name, counts]) => name in summaryOf(cases) && counts.every(Number.isInteger));
    expect(Object.fromEntries(summary)).toEqual(summaryOf(cases));
  });
});

describe("the title of a test", () => {
  it("is found again when it has run", () => {
    const title = ["no $", "{what} (any) %s"].join("");
    expect(titlePattern(title).test("no door (any) at all")).toBe(true);
    expect(titlePattern(title).test("some door (any) at all")).toBe(false);
  });
});
