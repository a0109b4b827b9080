import { expect, it } from "vitest";
import { readReport, shownTables, tablesOf } from "./bench/report";

it("docs/benchmarks.md shows the figures that are kept", () => {
  expect(shownTables()).toBe(tablesOf(readReport()));
});
