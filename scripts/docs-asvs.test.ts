import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocument } from "./docs/document";

const FILE = "docs/security/asvs.md";
const STATES = ["met", "partly", "gap", "n/a"];

const { rows, spans } = parseDocument(FILE, readFileSync(FILE, "utf8"));

const requirements = rows
  .map(({ cells }) => cells)
  .filter(([number = ""]) => /^\d+\.\d+\.\d+$/.test(number))
  .map(([number = "", level = "", , state = "", how = "", shownBy = ""]) => ({ number, level, state, how, shownBy }));

/** The numbers of the summary by what stands in front of them. */
const summary = new Map(
  rows
    .map(({ cells: [what = "", level = "", ...counts] }) => ({ what, level, counts: counts.map(Number) }))
    .filter(({ what, counts }) => /^(\[V\d|all chapters)/.test(what) && counts.length === STATES.length + 1)
    .map(({ what, level, counts }) => [`${/V\d+/.exec(what)?.[0] ?? "all"} ${level}`, counts]),
);

const countsOf = (listed: typeof requirements) => [
  ...STATES.map((state) => listed.filter((each) => each.state === state).length),
  listed.length,
];

const isOf = (chapter: string, level: string) => (each: { number: string; level: string }) =>
  (chapter === "all" || each.number.startsWith(`${chapter.slice(1)}.`)) && level.split(" and ").includes(each.level);

/** Files and folders of the project between backticks: below a folder, or at the root by their ending. */
const PATH = /^(?:(?:app|components|docs|drizzle|e2e|lib|messages|scripts)\/[\w./[\]()-]*|[\w-]+\.(?:ts|json))$/;

describe("the assessment by the ASVS", () => {
  it("has each requirement of levels 1 and 2 but those of V17 once, with a known state", () => {
    expect(requirements).toHaveLength(246);
    expect(new Set(requirements.map(({ number }) => number)).size).toBe(246);
    expect(requirements.filter(({ level }) => level === "1")).toHaveLength(70);
    expect(requirements.filter(({ level, state }) => !["1", "2"].includes(level) || !STATES.includes(state))).toEqual(
      [],
    );
  });

  it("counts in its summary what its rows say", () => {
    const chapters = [...new Set(requirements.map(({ number, level }) => `V${number.split(".")[0]} ${level}`))];
    expect([...summary.keys()].sort()).toEqual([...chapters, "all 1", "all 2", "all 1 and 2"].sort());
    for (const [key, counts] of summary) {
      const [chapter = "", level = ""] = key.split(/ (.*)/);
      expect([key, counts]).toEqual([key, countsOf(requirements.filter(isOf(chapter, level)))]);
    }
  });

  it("says of each requirement how it is met, or why not, and names tests as tests", () => {
    expect(requirements.filter(({ how }) => how === "")).toEqual([]);
    const named = ({ shownBy }: { shownBy: string }) => shownBy.split(", ");
    const isTest = (text: string) => text === "–" || /^`[\w./-]+\.(?:test|spec)\.ts`$/.test(text);
    expect(requirements.filter((each) => !named(each).every(isTest))).toEqual([]);
  });

  it("names files that are there", () => {
    const paths = spans.map(({ text }) => text).filter((text) => PATH.test(text));
    expect(paths.length).toBeGreaterThan(300);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});
