/** How well the times of two kinds of answers can be told apart. */

const sortedCopy = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export function median(values: readonly number[]): number {
  const sorted = sortedCopy(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** By how many percent the median of `values` is off that of `reference`. */
export const deviation = (values: readonly number[], reference: readonly number[]): number =>
  (median(values) / median(reference) - 1) * 100;

/**
 * The share of pairs in which the value is the greater one: 0.5 where the two cannot be told apart, 0 or 1 where one answer
 * tells (Mann-Whitney's U by the number of pairs).
 */
export function superiority(values: readonly number[], reference: readonly number[]): number {
  let wins = 0;
  for (const value of values) for (const other of reference) wins += value > other ? 1 : value === other ? 0.5 : 0;
  return wins / (values.length * reference.length);
}

/** Numbers from 0 to 1, the same at each run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Where the deviation lies with a confidence of 95 % (bootstrap of the medians). */
export function interval(values: readonly number[], reference: readonly number[]): [low: number, high: number] {
  const random = randomNumbers(values.length);
  const drawn = (from: readonly number[]) => from.map(() => from[Math.floor(random() * from.length)] ?? Number.NaN);
  const all = sortedCopy(Array.from({ length: 2000 }, () => deviation(drawn(values), drawn(reference))));
  return [all[50] ?? Number.NaN, all[1949] ?? Number.NaN];
}
