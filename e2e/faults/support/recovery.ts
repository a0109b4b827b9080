import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@/e2e/support/api";

const PATIENCE_MS = 60_000;

/**
 * Asks for a page that needs the database until it is there.
 * @returns milliseconds to the first good answer
 */
export async function untilWell(client: Client): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < PATIENCE_MS) {
    const isWell = await client("GET", "/account").then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isWell) return Math.round(performance.now() - startedAt);
    await pause(10);
  }
  throw new Error("The app has not recovered.");
}
