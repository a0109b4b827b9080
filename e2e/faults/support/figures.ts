import { appendFileSync } from "node:fs";
import { test } from "@playwright/test";

/** What a test has measured, for `npm run test:faults` to report. Nothing depends on it. */
export function figure(name: string, value: number | string): void {
  const { titlePath } = test.info();
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify({ test: titlePath.slice(1).join(" > "), name, value })}\n`);
}
