import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { readCounts, summary } from "./test-reports";

const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-reports-"));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  const file = path.join(folder, "report.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const vitest = (passed: number, failed: number, files: [string, string[]][] = []) =>
  report({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: files.map(([status, tests]) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

const playwright = (expected: number, unexpected = 0) =>
  report({ stats: { expected, unexpected, flaky: 1, skipped: 2 } });

it("reads what the runners counted", () => {
  expect(readCounts("vitest", vitest(3, 1, [["failed", ["failed"]]]), 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  expect(readCounts("playwright", playwright(3, 1), 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

it("counts a test file that does not load as a failure", () => {
  expect(readCounts("vitest", vitest(3, 0, [["failed", []]]), 1).failed).toBe(1);
});

it("counts a runner that breaks, runs nothing or leaves no report as one failure", () => {
  const complain = vi.spyOn(console, "error").mockReturnValue();
  expect(readCounts("playwright", playwright(3), 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
  expect(readCounts("vitest", vitest(0, 0), 0).failed).toBe(1);
  expect(readCounts("vitest", path.join(folder, "none.json"), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(readCounts("playwright", report({}), 0).failed).toBe(1);
  expect(complain).toHaveBeenCalledTimes(2);
});

it("sums up in one line", () => {
  expect(summary({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(summary({ passed: 12, failed: 1, skipped: 2 })).toBe("12 passed, 1 failed, 2 skipped");
});
