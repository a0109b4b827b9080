import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { parseDocument, readDocuments } from "./docs/document";
import { runUnitTests, unitTestsOf, writeBrowserTests } from "./docs/tests";

/** Inside the project, so that its packages are found. */
const folder = mkdtempSync(path.join(process.cwd(), ".docs-samples-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Report = { testResults: { name: string; assertionResults: { status: string; title: string }[] }[] };

/** What came of each test of a report, by its title. */
function outcomes(file: string): Record<string, string> {
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
  return Object.fromEntries(
    testResults.flatMap(({ assertionResults }) => assertionResults.map(({ title, status }) => [title, status])),
  );
}

const guide = `
\`\`\`ts
// lib/sum.ts
export const sum = (a: number, b: number) => a + b;
\`\`\`

\`\`\`ts
// lib/sum.test.ts: it passes
import { expect, it } from "vitest";
import { sum } from "@/lib/sum";

it("adds", () => expect(sum(1, 2)).toBe(3));
\`\`\`

\`\`\`ts
// lib/wrong.test.ts
import { expect, it } from "vitest";

it("fails", () => expect(1).toBe(2));
\`\`\`

\`\`\`ts
// e2e/sum.spec.ts
import { test } from "./fixtures";

test("adds", () => {});
\`\`\`
`;

const CONFIG = `export default {
  resolve: { alias: { "@": import.meta.dirname } },
  test: { include: ["lib/**/*.test.ts"] },
};
`;

it("runs the tests of a document, and tells those that fail", async () => {
  writeFileSync(path.join(folder, "vitest.config.ts"), CONFIG);
  const documents = [parseDocument("docs/guide.md", guide)];
  const report = path.join(folder, "small.json");
  const { code } = await runUnitTests(folder, documents, report);
  expect(outcomes(report)).toEqual({ adds: "passed", fails: "failed" });
  expect(code).toBe(1);
  expect(readdirSync(folder).sort()).toEqual(["small.json", "vitest.config.ts"]);
});

it("writes browser tests beside the others until they have run", () => {
  mkdirSync(path.join(folder, "e2e"));
  const remove = writeBrowserTests(folder, [parseDocument("docs/guide.md", guide)]);
  expect(readFileSync(path.join(folder, "e2e/docs-sample-sum.spec.ts"), "utf8")).toContain('test("adds"');
  remove();
  expect(readdirSync(path.join(folder, "e2e"))).toEqual([]);
});

it("runs every test that the documents of this project show", async () => {
  const documents = readDocuments(process.cwd());
  const report = path.join(folder, "project.json");
  const { code, output } = await runUnitTests(process.cwd(), documents, report);
  expect(code, output).toBe(0);
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  const ran = testResults.map(({ name }) => unitTestsOf(documents).find((file) => name.endsWith(`/${file}`)));
  expect(ran.sort()).toEqual(unitTestsOf(documents).sort());
  expect(ran).not.toEqual([]);
}, 180_000);
