import { readFileSync, writeFileSync } from "node:fs";
import { type Figure, isMet, rounded, targetText } from "./figure";

/** Where the figures of a run are kept, for the next run to be compared with and for people to read. */

const JSON_FILE = "docs/benchmarks.json";
const DOCUMENT = "docs/benchmarks.md";

export type Report = { machine: string; figures: Figure[] };

export const readReport = (): Report => JSON.parse(readFileSync(JSON_FILE, "utf8")) as Report;

const BEGIN = "<!-- figures: written by npm run bench -- --save -->";
const END = "<!-- end of figures -->";

function row(figure: Figure): string {
  const value = `${rounded(figure.value).toLocaleString("en")} ${figure.unit}`;
  const verdict = { true: "met", false: "missed", undefined: "" }[String(isMet(figure)) as "true"];
  return `| ${figure.name} | ${value} | ${targetText(figure)} | ${verdict} |`;
}

/** The figures as tables, a section each. */
export function tablesOf({ machine, figures }: Report): string {
  const sections = [...new Set(figures.map(({ section }) => section))];
  const tables = sections.map((section) => {
    const own = figures.filter((figure) => figure.section === section);
    return [`### ${section}`, "", "| | measured | target | |", "|---|---|---|---|", ...own.map(row)].join("\n");
  });
  return [machine, ...tables].join("\n\n");
}

const textBetween = (text: string) => {
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${DOCUMENT} has no place for figures.`);
  return {
    before: text.slice(0, start + BEGIN.length),
    shown: text.slice(start + BEGIN.length, end),
    after: text.slice(end),
  };
};

/** The tables that the document shows. */
export const shownTables = (): string => textBetween(readFileSync(DOCUMENT, "utf8")).shown.trim();

/** Keeps a run, in both files. */
export function saveReport(report: Report): void {
  writeFileSync(JSON_FILE, `${JSON.stringify(report, undefined, 2)}\n`);
  const { before, after } = textBetween(readFileSync(DOCUMENT, "utf8"));
  writeFileSync(DOCUMENT, `${before}\n\n${tablesOf(report)}\n\n${after}`);
}
