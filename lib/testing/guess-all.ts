import { createInterface } from "node:readline";
import { hashPassword, verifyPassword } from "@/lib/auth/password";
import { closeDatabase } from "@/lib/db/client";
import { guess, type Outcome } from "./attempts";

/** One round: guesses that are made all at once. */
export type GuessRound = { guesses: { loginId: string; password: string; ip: string | null }[] };

export type GuessReport = { outcomes: Outcome[]; hashes: number };

/** The one right password of every account. */
export const RIGHT = "the right password of all";

/**
 * A process for races on the limiter: tells when it is ready, and answers each line on its standard input, a `GuessRound`,
 * by a line with a `GuessReport`. Passwords are really hashed, and the hashes counted.
 */
async function serve(): Promise<void> {
  const stored = await hashPassword(RIGHT);
  process.stdout.write("ready\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const { guesses } = JSON.parse(line) as GuessRound;
    let hashes = 0;
    const outcomes = await Promise.all(
      guesses.map(({ loginId, password, ip }) =>
        guess({
          loginId,
          ip,
          isRight: () => {
            hashes += 1;
            return verifyPassword(stored, password);
          },
        }),
      ),
    );
    process.stdout.write(`${JSON.stringify({ outcomes, hashes } satisfies GuessReport)}\n`);
  }
  await closeDatabase();
}

if (import.meta.filename === process.argv[1]) await serve();
