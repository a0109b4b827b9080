import { expect, it } from "vitest";
import { testResults } from "./results";

it("reads what vitest tells", () => {
  const assertionResults = [
    { title: "holds", status: "passed" },
    { title: "does not", status: "failed" },
    { title: "was left out", status: "pending" },
  ];
  const text = JSON.stringify({ testResults: [{ name: `${process.cwd()}/lib/x.test.ts`, assertionResults }] });
  expect(testResults("vitest", text)).toEqual([
    { file: "lib/x.test.ts", title: "holds", passed: true },
    { file: "lib/x.test.ts", title: "does not", passed: false },
    { file: "lib/x.test.ts", title: "was left out", passed: false },
  ]);
});

it("reads what Playwright tells, in blocks within blocks", () => {
  const inner = { file: "attack/x.spec.ts", specs: [{ title: "inner", ok: false }] };
  const outer = { file: "attack/x.spec.ts", specs: [{ title: "outer", ok: true }], suites: [inner] };
  expect(testResults("playwright", JSON.stringify({ suites: [outer] }))).toEqual([
    { file: "e2e/attack/x.spec.ts", title: "outer", passed: true },
    { file: "e2e/attack/x.spec.ts", title: "inner", passed: false },
  ]);
});
