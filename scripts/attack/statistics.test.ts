import { describe, expect, it } from "vitest";
import { deviation, interval, median, randomNumbers, superiority } from "./statistics";

const noise = (seed: number, centre: number) => {
  const random = randomNumbers(seed);
  return Array.from({ length: 200 }, () => centre + 10 * (random() - 0.5));
};

describe("times", () => {
  it("have a median", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(deviation([2, 2, 2], [1, 1, 1])).toBe(100);
  });

  it("of one kind cannot be told apart", () => {
    const [one, other] = [noise(1, 100), noise(2, 100)];
    expect(Math.abs(superiority(one, other) - 0.5)).toBeLessThan(0.1);
    const [low, high] = interval(one, other);
    expect([low < 1, high > -1, high - low < 5]).toEqual([true, true, true]);
  });

  it("of two kinds can", () => {
    const [one, other] = [noise(1, 120), noise(2, 100)];
    expect(superiority(one, other)).toBe(1);
    expect(superiority(other, one)).toBe(0);
    const [low, high] = interval(one, other);
    expect([low > 15, high < 25]).toEqual([true, true]);
  });
});
