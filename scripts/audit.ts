import { spawnSync } from "node:child_process";

/**
 * `npm run audit`: whether anything that production needs has a known vulnerability, by `npm audit`, and what to do then. It
 * asks the registry that npm is set to; not every mirror answers.
 */

const UNANSWERED = /audit endpoint returned an error/i;

const { status, stdout, stderr } = spawnSync("npm", ["audit", "--omit=dev"], { encoding: "utf8" });
process.stdout.write(stdout);
process.stderr.write(stderr);

function advice(): string {
  if (status === 0) return "No library that production needs has a known vulnerability.";
  if (UNANSWERED.test(stdout + stderr)) {
    return "Not known: the registry is out of reach, or a mirror without this service. Ask another by npm_config_registry.";
  }
  return "Update what is named, within the times of docs/upgrading.md#libraries: `npm audit fix --omit=dev`, then `npm test`.";
}

process.stderr.write(`${advice()}\n`);
process.exitCode = status ?? 1;
