import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { attemptedFrom, attemptedLoginId } from "./attempted";

const blanks = fc.string({
  unit: fc.constantFrom(" ", "\t", "\n", "\u00a0", "\u2003", "\u3000", "\ufeff"),
  maxLength: 6_000,
});
const typed = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

describe("the login id that an attempt is counted for", () => {
  it("is the canonical one, whatever stands around it", () => {
    fc.assert(
      fc.property(typed, blanks, blanks, (text, before, after) => {
        const canonical = canonicalLoginId(text);
        const expected = canonical === "" || text.includes("\0") || canonical.length > 320 ? null : canonical;
        expect(attemptedLoginId(before + text + after)).toBe(expected);
      }),
    );
  });

  it.each(["", " \t", "a\0b", "x".repeat(321), "x".repeat(5_000), "\ufdfa".repeat(100)])("is nobody's: %j", (text) => {
    expect(attemptedLoginId(text)).toBeNull();
  });

  it("may be typed longer than it is", () => {
    expect(attemptedLoginId("e\u0301".repeat(250))).toBe("\u00e9".repeat(250));
  });
});

it.each([
  [null, null],
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
])("attempts from %s are counted by %s", (ip, key) => {
  expect(attemptedFrom(ip)).toBe(key);
});
