import { readFileSync } from "node:fs";
import { parseDocument } from "@/scripts/docs/document";

/** The cases of docs/security/attacks.md, which also says what `npm run test:attack` runs. */

export const DOCUMENT = "docs/security/attacks.md";

export const CLASSES = ["check-then-act", "forgotten path", "identifier", "stale authority", "believed input"] as const;

export const RESULTS = ["held", "found and fixed"] as const;

export type Case = {
  class: string;
  what: string;
  /** How many values, places or rounds it is tried with. */
  tried: number;
  file: string;
  /** As it is written in the file: what is filled in when the test runs stands there as `${…}` or `%s`. */
  title: string;
  /** What the titles look like once tests have run. */
  pattern: RegExp;
  result: string;
};

/** What the titles of the tests of a case look like when they have run. */
export function titlePattern(title: string): RegExp {
  const parts = title.split(/\$\{[^}]*\}|%[sdjio]/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`);
}

/** Reads them out of the text of the document. */
export const casesIn = (text: string): Case[] =>
  parseDocument(DOCUMENT, text).rows.flatMap(({ cells }) => {
    const [name = "", what = "", tried = "", test = "", result = ""] = cells;
    const [, file = "", title = ""] = /^`([\w./-]+\.(?:test|spec)\.ts)`: (.+)$/.exec(test) ?? [];
    return file ? [{ class: name, what, tried: Number(tried), file, title, pattern: titlePattern(title), result }] : [];
  });

export const readCases = (): Case[] => casesIn(readFileSync(DOCUMENT, "utf8"));

/** The counts of the summary: of each class and of all, how many cases and tries, and of each result. */
export function summaryOf(cases: readonly Case[]): Record<string, number[]> {
  const counts = (of: readonly Case[]) => [
    of.length,
    of.reduce((sum, { tried }) => sum + tried, 0),
    ...RESULTS.map((result) => of.filter((each) => each.result === result).length),
  ];
  const byClass = CLASSES.map((name) => [name, counts(cases.filter((each) => each.class === name))] as const);
  return { ...Object.fromEntries(byClass), all: counts(cases) };
}
