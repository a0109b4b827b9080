import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "./bundle/build";
import { runChecks } from "./checks";
import { findChromium } from "./chromium";
import { readDocuments } from "./docs/document";
import { writeBrowserTests } from "./docs/tests";
import { findFaketime } from "./faketime";
import { binary, run } from "./processes";
import { findServers } from "./servers";
import { findSlapd } from "./slapd";
import { type Counts, readCounts, summary } from "./test-reports";

/** `npm test`: the checks, the unit and service tests, the build, and the browser tests against it. */

const ONE_FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };
const ONE_PASSED: Counts = { passed: 1, failed: 0, skipped: 0 };

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-test-"));

/** Without one the tests that need it fail too, each by itself, and all others run. */
async function directoryServer(): Promise<Counts> {
  const file = await findSlapd();
  if (!file) return ONE_FAILED;
  console.log(`${file} is there.`);
  // For all that are started from here.
  process.env.SLAPD_PATH = file;
  return NOTHING;
}

/** The same for the tests of several machines. */
async function servers(): Promise<Counts> {
  if (!(await findServers())) return ONE_FAILED;
  console.log("HAProxy, nginx, PgBouncer and PostgreSQL are there.");
  return NOTHING;
}

async function unitTests(): Promise<Counts> {
  const report = path.join(folder, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run(binary("vitest"), ["run", ...reporters]);
  return readCounts("vitest", report, code);
}

async function browserTests(): Promise<Counts> {
  const CHROMIUM_PATH = await findChromium();
  if (!CHROMIUM_PATH) return ONE_FAILED;
  const FAKETIME_PATH = await findFaketime();
  const report = path.join(folder, "playwright.json");
  const removeSamples = writeBrowserTests(process.cwd(), readDocuments(process.cwd()));
  try {
    const { code } = await run(binary("playwright"), ["test", "--reporter=list,json"], {
      env: { CHROMIUM_PATH, FAKETIME_PATH, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    });
    return readCounts("playwright", report, code);
  } finally {
    removeSamples();
  }
}

const checks = async (): Promise<Counts> => ({ ...(await runChecks()), skipped: 0 });

async function part(title: string, work: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n== ${title}\n`);
  return work().catch((error: unknown) => {
    console.error(error);
    return ONE_FAILED;
  });
}

async function allParts(): Promise<Counts[]> {
  const before = [
    await part("Checks", checks),
    await part("Directory server", directoryServer),
    await part("Servers of several machines", servers),
    await part("Unit and service tests", unitTests),
  ];
  const built = await part("Build", async () => ((await build()) ? ONE_PASSED : ONE_FAILED));
  const browsed = await part("Browser tests", async () => {
    if (built.failed === 0) return browserTests();
    console.error("The build failed, so there is nothing to open in a browser.");
    return ONE_FAILED;
  });
  return [...before, built, browsed];
}

const total = (await allParts()).reduce((sum, counts) => ({
  passed: sum.passed + counts.passed,
  failed: sum.failed + counts.failed,
  skipped: sum.skipped + counts.skipped,
}));
rmSync(folder, { recursive: true, force: true });
console.log(`\n${summary(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
