import { describe, expect, it } from "vitest";
import { passwordStrength } from "./password-strength";

describe("passwordStrength", () => {
  it.each([
    ["", undefined],
    ["x", "weak"],
    ["Tr0ub4dor&3", "weak"],
    ["aaaaaaaaaaaaaaaaaaaaaaaa", "weak"],
    ["ababababababababababab", "weak"],
    ["123456789012345678", "weak"],
    ["abcdefghijklmnopqrst", "weak"],
    ["password1234", "weak"],
    ["passwordpassword", "weak"],
    ["zwqkfjmpxvhb", "fair"],
    ["correct horse", "fair"],
    ["Tr0ub4dor&3x", "strong"],
    ["a long walk in the rain", "strong"],
    [
      "\u65e5\u672c\u8a9e\u306e\u9577\u3044\u5408\u8a00\u8449\u3092\u66f8\u304f\u3053\u3068\u306b\u3059\u308b",
      "strong",
    ],
  ])("%j is %s", (password, strength) => {
    expect(passwordStrength(password, 12)).toBe(strength);
  });

  it("calls everything weak that is shorter than allowed", () => {
    expect(passwordStrength("Tr0ub4dor&3x", 13)).toBe("weak");
  });

  it("does not mind in which Unicode form a letter is typed", () => {
    const typed = "M\u00e1laga \u00e9t\u00e9 1";
    expect(passwordStrength(typed.normalize("NFD"), 12)).toBe(passwordStrength(typed, 12));
  });

  it("never falls when something else is added", () => {
    const order = [undefined, "weak", "fair", "strong"];
    const whole = "Zq7 !mK2 x\u00e4W9 pT4?";
    const marks = [...whole].map((_, index) => order.indexOf(passwordStrength(whole.slice(0, index + 1), 12)));
    expect(marks).toEqual(marks.toSorted());
    expect(marks.at(-1)).toBe(3);
  });
});
