import { limitAttempt } from "@/lib/auth/attempts/limiter";
import { Blocked } from "@/lib/errors";
import { testContext } from "@/lib/testing/context";
import type { Figure } from "./figure";
import { forgetAttempts } from "./people";

/** The limiter by itself, without a password to check; `npm run bench:attempts` tries it over ten million old attempts. */

const AT_ONCE = 64;
const SECONDS = 4;

const attempt = (loginId: string, isRight: boolean) =>
  limitAttempt(testContext(), { type: "login", loginId, isSuccess: Boolean }, async () => isRight);

const refused = (loginId: string) =>
  attempt(loginId, true).catch((error: unknown) => {
    if (!(error instanceof Blocked)) throw error;
  });

export async function limiter(): Promise<Figure[]> {
  await forgetAttempts();
  const each: number[] = [];
  for (let n = 0; n < 300; n += 1) {
    const start = performance.now();
    await attempt(`bench-${n % 50}@example.com`, true);
    each.push(performance.now() - start);
  }
  const hot = "bench-hot@example.com";
  for (let n = 0; n < 15; n += 1) await attempt(hot, false);
  const until = performance.now() + SECONDS * 1000;
  let done = 0;
  const one = async () => {
    for (; performance.now() < until; done += 1) await refused(hot);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await forgetAttempts();
  return [
    {
      name: "what it adds to a sign-in",
      value: each.sort((a, b) => a - b)[each.length / 2] ?? Number.NaN,
      unit: "ms",
      target: { atMost: 2 },
    },
    { name: "refusals of one locked account", value: done / SECONDS, unit: "a second", target: { atLeast: 20_000 } },
  ];
}
