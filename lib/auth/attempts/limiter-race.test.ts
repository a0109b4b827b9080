import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "@/lib/testing/attempts";
import { setUpTestDatabase } from "@/lib/testing/database";
import { type GuessReport, type GuessRound, RIGHT } from "@/lib/testing/guess-all";

/** Two processes that guess at once, as many as they can. */

const databaseUrl = setUpTestDatabase();

const LIMIT = 15;
const ATTEMPTS = 200;
const ROUNDS = 20;

type Guesser = { child: ChildProcess; lines: AsyncIterator<string> };
let guessers: Guesser[] = [];

async function start(): Promise<Guesser> {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/testing/guess-all.ts"], {
    env: { ...process.env, NODE_ENV: "test", DATABASE_URL: databaseUrl(), ATTEMPT_LIMIT: String(LIMIT) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (!child.stdout) throw new Error("no standard output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return { child, lines };
}

beforeAll(async () => {
  guessers = await Promise.all([start(), start()]);
});
afterAll(() => {
  for (const { child } of guessers) child.kill();
});

/** Makes the guesses in both processes at once, every other one in each. */
async function race(guesses: GuessRound["guesses"]): Promise<GuessReport> {
  const reports = await Promise.all(
    guessers.map(async ({ child, lines }, index) => {
      const share = guesses.filter((_, n) => n % guessers.length === index);
      child.stdin?.write(`${JSON.stringify({ guesses: share })}\n`);
      return JSON.parse((await lines.next()).value ?? "") as GuessReport;
    }),
  );
  return {
    outcomes: reports.flatMap(({ outcomes }) => outcomes),
    hashes: reports.reduce((sum, { hashes }) => sum + hashes, 0),
  };
}

const amount = (outcomes: Outcome[], which: Outcome) => outcomes.filter((outcome) => outcome === which).length;
const counted = ({ outcomes, hashes }: GuessReport) => ({
  succeeded: amount(outcomes, "succeeded"),
  failed: amount(outcomes, "failed"),
  blocked: amount(outcomes, "blocked"),
  hashes,
});

const guesses = (of: (n: number) => Partial<GuessRound["guesses"][number]>, amount = ATTEMPTS) =>
  Array.from({ length: amount }, (_, n) => ({ loginId: "", password: `wrong ${n}`, ip: null, ...of(n) }));

const exactly = { succeeded: 0, failed: LIMIT, blocked: ATTEMPTS - LIMIT, hashes: LIMIT };

describe("two processes at once", () => {
  it("verify exactly as many guesses on one account as the limit allows, in every round", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const loginId = `${randomUUID()}@example.com`;
      expect(counted(await race(guesses(() => ({ loginId }))))).toEqual(exactly);
    }
  }, 120_000);

  it("verify exactly as many from 200 addresses", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const loginId = `${randomUUID()}@example.com`;
      const report = await race(guesses((n) => ({ loginId, ip: `198.51.${round}.${n}` })));
      expect(counted(report)).toEqual(exactly);
    }
  }, 120_000);

  it("let the right password in only if it holds one of the slots, and nothing opens any more for the others", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const loginId = `${randomUUID()}@example.com`;
      const right = Math.floor((round * ATTEMPTS) / ROUNDS);
      const report = await race(guesses((n) => ({ loginId, ...(n === right && { password: RIGHT }) })));
      const { succeeded, failed, blocked, hashes } = counted(report);
      expect(hashes).toBe(succeeded + failed);
      expect(succeeded + failed + blocked).toBe(ATTEMPTS);
      // A success clears the count of its account, as it does when nothing happens at once.
      if (succeeded === 0) expect(failed).toBe(LIMIT);
      else expect(failed).toBeLessThan(2 * LIMIT);
    }
  }, 120_000);

  it("verify exactly as many from one address on 200 accounts", async () => {
    const ip = "198.51.100.200";
    const report = await race(guesses((n) => ({ loginId: `${n}-${randomUUID()}@example.com`, ip })));
    expect(counted(report)).toEqual({ succeeded: 0, failed: 100, blocked: 100, hashes: 100 });
  }, 60_000);

  it("let every right one of 50 in", async () => {
    for (let round = 0; round < 3; round += 1) {
      const loginId = `${randomUUID()}@example.com`;
      const report = await race(guesses(() => ({ loginId, password: RIGHT, ip: "203.0.113.50" }), 50));
      expect(counted(report)).toEqual({ succeeded: 50, failed: 0, blocked: 0, hashes: 50 });
    }
  }, 60_000);
});
