import { checkDocs } from "./check-docs";
import { checkGuards } from "./check-guards";
import { checkMessages } from "./check-messages";
import { binary, run } from "./processes";

type Outcome = { isOk: boolean; output: string; seconds: number };

async function command(name: string, ...args: string[]): Promise<string | undefined> {
  const { code, output } = await run(binary(name), args, { isQuiet: true });
  return code === 0 ? undefined : output;
}

const listed = (problems: string[]) => (problems.length > 0 ? problems.join("\n") : undefined);

/** Each says what is wrong, or nothing. */
const checks: Record<string, () => Promise<string | undefined>> = {
  lint: () => command("biome", "ci", "--colors=off", "--error-on-warnings", "."),
  // Pages take their props from types that Next.js writes.
  types: async () => (await command("next", "typegen")) ?? (await command("tsc", "--noEmit", "--pretty", "false")),
  messages: async () => listed(checkMessages()),
  guards: async () => listed(checkGuards()),
  docs: async () => listed(await checkDocs()),
};

async function timed(check: () => Promise<string | undefined>): Promise<Outcome> {
  const start = performance.now();
  const output = await check().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return { isOk: output === undefined, output: output ?? "", seconds: (performance.now() - start) / 1000 };
}

/**
 * Runs checks at once and prints a line for each in order, with what was found below those that fail.
 * @param names those that are meant; every one if none is named
 */
export async function runChecks(names: readonly string[] = []): Promise<{ passed: number; failed: number }> {
  const unknown = names.filter((name) => !Object.hasOwn(checks, name));
  if (unknown.length > 0)
    throw new Error(`There is no check ${unknown.join()}. There are: ${Object.keys(checks).join(", ")}.`);
  const meant = Object.entries(checks).filter(([name]) => names.length === 0 || names.includes(name));
  const running = meant.map(([name, check]) => ({ name, outcome: timed(check) }));
  const counts = { passed: 0, failed: 0 };
  for (const { name, outcome } of running) {
    const { isOk, output, seconds } = await outcome;
    counts[isOk ? "passed" : "failed"] += 1;
    console.log(isOk ? `✓ ${name} (${seconds.toFixed(1)} s)` : `✗ ${name}\n${output.trim()}`);
  }
  return counts;
}
