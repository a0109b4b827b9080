import { readFileSync } from "node:fs";
import { z } from "zod";

export type Counts = { passed: number; failed: number; skipped: number };

const vitestReport = z
  .object({
    numPassedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
    numFailedTests: z.number(),
    testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
  })
  .transform((report): Counts => {
    // A file that does not load has no failed test to count.
    const broken = report.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed"),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  });

const playwrightReport = z
  .object({
    stats: z.object({ expected: z.number(), flaky: z.number(), unexpected: z.number(), skipped: z.number() }),
  })
  .transform(
    ({ stats }): Counts => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
    }),
  );

const reports = { vitest: vitestReport, playwright: playwrightReport };

/**
 * What a runner counted, from the JSON report in `file`. One that left no report, ran no test, or ended with an error
 * that no test stands for counts as one failure.
 */
export function readCounts(runner: keyof typeof reports, file: string, exitCode: number): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = reports[runner].parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    console.error(`${runner} left no report.`);
  }
  const isBroken = counts.failed === 0 && (exitCode !== 0 || counts.passed === 0);
  return isBroken ? { ...counts, failed: 1 } : counts;
}

/** The last line of `npm test`. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
