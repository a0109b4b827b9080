import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copyProject } from "@/e2e/support/copies";
import { type Mutation, mutations } from "./mutations/rules";
import { binary, run } from "./processes";

/**
 * `npm run test:mutations [-- words…]`: takes each rule of guards, sessions, limiter and tokens out of a copy of the project in
 * turn, and tells whether a test notices; with words only the rules that have one of them.
 */

const words = process.argv.slice(2);
const meant = mutations.filter(({ rule }) => words.length === 0 || words.some((word) => rule.includes(word)));

const folder = copyProject("mutations");
symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));

/** Runs the tests of one mutation. @returns whether one of them failed */
async function isNoticed({ file, from, to, tests }: Mutation): Promise<boolean> {
  const target = path.join(folder, file);
  const whole = readFileSync(target, "utf8");
  if (!whole.includes(from))
    throw new Error(`${file} has no ${JSON.stringify(from)} any more: mend scripts/mutations/rules.ts.`);
  writeFileSync(
    target,
    whole.replace(from, () => to),
  );
  try {
    const { code } = await run(binary("vitest"), ["run", "--bail=1", ...tests], { cwd: folder, isQuiet: true });
    return code !== 0;
  } finally {
    writeFileSync(target, whole);
  }
}

let unnoticed = 0;
for (const mutation of meant) {
  const noticed = await isNoticed(mutation);
  if (!noticed) unnoticed += 1;
  console.log(`${noticed ? "✓" : "✗ nobody notices:"} ${mutation.rule}`);
}
console.log(`\n${meant.length - unnoticed} of ${meant.length} noticed.`);
process.exitCode = unnoticed > 0 ? 1 : 0;
