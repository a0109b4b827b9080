import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "./bundle/build";
import { findChromium } from "./chromium";
import { findFaketime } from "./faketime";
import { binary, run } from "./processes";
import { findSlapd } from "./slapd";
import { readCounts, summary } from "./test-reports";

/**
 * `npm run test:faults [-- words…]`: what happens when the database, a process, the directory, the mail server, a clock or a
 * disk fails, in the long forms of the tests, with the figures that they have measured (docs/faults.md). With words only the
 * files that have one of them in their name.
 */

type Figure = { test: string; name: string; value: number | string };

/** The figures by test, as lines. */
function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  const figures = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Figure);
  return [...new Set(figures.map(({ test }) => test))].flatMap((test) => [
    "",
    test,
    ...figures.filter((figure) => figure.test === test).map(({ name, value }) => `  ${name}: ${value}`),
  ]);
}

const CHROMIUM_PATH = await findChromium();
const SLAPD_PATH = await findSlapd();
const FAKETIME_PATH = await findFaketime();
if (!CHROMIUM_PATH || !SLAPD_PATH || !(await build())) process.exit(1);

const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-faults-"));
const FAULT_FIGURES = path.join(folder, "figures");
const report = path.join(folder, "playwright.json");
const files = process.argv.slice(2).map((word) => `e2e/faults/.*${word}`);
// One after the other, so that what fails in one test is no load on the next.
const args = ["test", ...(files.length > 0 ? files : ["e2e/faults"]), "--project=desktop", "--workers=1"];
const { code } = await run(binary("playwright"), [...args, "--grep=@fault", "--reporter=list,json"], {
  env: {
    CHROMIUM_PATH,
    SLAPD_PATH,
    FAKETIME_PATH,
    FAULT_FIGURES,
    E2E_PARTS: "main",
    E2E_LONG: "true",
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  },
});
const counts = readCounts("playwright", report, code);
console.log([...linesOf(FAULT_FIGURES), "", summary(counts)].join("\n"));
rmSync(folder, { recursive: true, force: true });
process.exitCode = counts.failed > 0 ? 1 : 0;
