import { Readable } from "node:stream";
import { afterEach, expect, it, vi } from "vitest";
import { Cancelled } from "./command";
import { ask } from "./prompt";
import { describeFailure } from "./report";
import { cliTexts } from "./texts";

/** Somebody who types this. @returns how the prompt ended, and what was shown */
async function answering(typed: string, hidden = false) {
  vi.spyOn(process, "stdin", "get").mockReturnValue(Object.assign(Readable.from([typed]), { isTTY: true }) as never);
  const shown = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const [outcome] = await Promise.allSettled([ask("Secret: ", { hidden })]);
  return { outcome, shown: shown.mock.calls.map(([text]) => String(text)).join("") };
}

afterEach(() => {
  vi.restoreAllMocks();
});

it("shows what is typed", async () => {
  expect(await answering("abc\n")).toMatchObject({
    outcome: { value: "abc" },
    shown: expect.stringContaining("abc"),
  });
});

it("hides what is typed where that is asked for", async () => {
  const { outcome, shown } = await answering("abc\n", true);
  expect(outcome).toMatchObject({ value: "abc" });
  expect(shown).toContain("Secret: ");
  expect(shown).not.toContain("abc");
});

it.each([
  ["Ctrl+C", "ab\x03", 130],
  ["Ctrl+D", "\x04", 1],
  ["the end of the input", "", 1],
])("is left by %s, with a sentence and an exit code", async (_, typed, exitCode) => {
  for (const hidden of [true, false]) {
    const { outcome, shown } = await answering(typed, hidden);
    expect(outcome).toMatchObject({ status: "rejected", reason: { exitCode } });
    const { reason } = outcome as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(Cancelled);
    expect(describeFailure(reason, await cliTexts())).toBe("Cancelled. Nothing was changed.");
    expect(shown.endsWith("\n")).toBe(true);
  }
});
