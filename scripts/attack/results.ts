import path from "node:path";
import { z } from "zod";

/** One test that has run, by its own title, without those of the blocks around it. */
export type TestResult = { file: string; title: string; passed: boolean };

const vitestReport = z.object({
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ title: z.string(), status: z.string() })) }),
  ),
});

type Suite = { file: string; specs: { title: string; ok: boolean }[]; suites?: Suite[] | undefined };

const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    file: z.string(),
    specs: z.array(z.object({ title: z.string(), ok: z.boolean() })),
    suites: z.array(suite).optional(),
  }),
);

const specsIn = ({ file, specs, suites = [] }: Suite): TestResult[] => [
  ...specs.map(({ title, ok }) => ({ file: path.posix.join("e2e", file), title, passed: ok })),
  ...suites.flatMap(specsIn),
];

/** The tests of a JSON report, by the paths of their files in the project. */
export function testResults(runner: "vitest" | "playwright", text: string): TestResult[] {
  const report: unknown = JSON.parse(text);
  if (runner === "playwright")
    return z
      .object({ suites: z.array(suite) })
      .parse(report)
      .suites.flatMap(specsIn);
  return vitestReport.parse(report).testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({
      file: path.relative(process.cwd(), name),
      title,
      passed: status === "passed",
    })),
  );
}
