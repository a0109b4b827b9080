import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Case, CLASSES, readCases } from "./attack/cases";
import { type TestResult, testResults } from "./attack/results";
import { measureTimes } from "./attack/timing";
import { build } from "./bundle/build";
import { findChromium } from "./chromium";
import { binary, run } from "./processes";
import { findSlapd } from "./slapd";

/**
 * `npm run test:attack`: every case of docs/security/attacks.md against the production build, properties with many more
 * runs than `npm test` has time for, and whether the time of an answer tells who has an account.
 */

const PROPERTY_RUNS = process.env.PROPERTY_RUNS ?? "20000";

const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-attack-"));
const cases = readCases();

const filesOf = (ending: string): string[] => [
  ...new Set(cases.map(({ file }) => file).filter((file) => file.endsWith(ending))),
];

async function unitTests(): Promise<TestResult[]> {
  const report = path.join(folder, "vitest.json");
  const slapd = await findSlapd();
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`, "--testTimeout=900000"];
  await run(binary("vitest"), ["run", ...reporters, ...filesOf(".test.ts")], {
    env: { PROPERTY_RUNS, ...(slapd && { SLAPD_PATH: slapd }) },
  });
  return testResults("vitest", readFileSync(report, "utf8"));
}

async function browserTests(): Promise<TestResult[]> {
  const report = path.join(folder, "playwright.json");
  const CHROMIUM_PATH = await findChromium();
  if (!CHROMIUM_PATH || !(await build())) return [];
  await run(binary("playwright"), ["test", ...filesOf(".spec.ts"), "--project=desktop", "--reporter=list,json"], {
    env: { CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_NAME: report, E2E_PARTS: "main", E2E_LONG: "true" },
  });
  return testResults("playwright", readFileSync(report, "utf8"));
}

/** A part that leaves no report has shown nothing, and its cases count as failed. */
const orNothing = (work: Promise<TestResult[]>) =>
  work.catch((error: unknown) => {
    console.error(error);
    return [];
  });

const ran = [...(await orNothing(unitTests())), ...(await orNothing(browserTests()))];

/** A case holds if tests of its title have run, and all of them have passed. */
function holds({ file, pattern }: Case): boolean {
  const own = ran.filter((test) => test.file === file && pattern.test(test.title));
  return own.length > 0 && own.every(({ passed }) => passed);
}

const failed = cases.filter((each) => !holds(each));
const times = await measureTimes().catch((error: unknown) => {
  console.error(error);
  return { passed: 0, failed: 1 };
});

console.log(`\n${"class".padEnd(20)}${"cases".padStart(8)}${"held".padStart(8)}${"failed".padStart(8)}`);
const line = (name: string, all: number, lost: number) =>
  console.log(`${name.padEnd(20)}${[all, all - lost, lost].map((count) => String(count).padStart(8)).join("")}`);
for (const name of CLASSES) {
  const isOf = (each: Case) => each.class === name;
  line(name, cases.filter(isOf).length, failed.filter(isOf).length);
}
line("time of answers", times.passed + times.failed, times.failed);
for (const { file, title, what } of failed) console.log(`✗ ${what} (${file}: ${title})`);

rmSync(folder, { recursive: true, force: true });
const lost = failed.length + times.failed;
console.log(`\n${cases.length - failed.length + times.passed} passed, ${lost} failed`);
process.exitCode = lost > 0 ? 1 : 0;
