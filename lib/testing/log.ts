import { afterAll, afterEach } from "vitest";
import { humanLine } from "@/lib/log/human-line";
import { logTo } from "@/lib/log/log";

/**
 * Keeps the log of the tests of this file in place of printing it; empty again after each. Call it once at the top.
 * @returns a function that tells the lines so far, as people read them, of one level or of all
 */
export function recordLog(): (level?: "debug" | "info" | "warn" | "error") => string[] {
  const lines: { level: string; text: string }[] = [];
  const restore = logTo((json) => {
    const { level } = JSON.parse(json) as { level: string };
    lines.push({ level, text: humanLine(json).trimEnd() });
  });
  afterEach(() => {
    lines.length = 0;
  });
  afterAll(restore);
  return (level) => lines.filter((line) => !level || line.level === level).map(({ text }) => text);
}
