import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@/lib/testing/property-runs";
import { ENCODED_TRICKS, REDIRECT_TRICKS } from "@/lib/testing/redirect-tricks";
import { loginPath, safePath } from "./redirects";

const BASE = "http://base.invalid";
const OTHERWISE = "/otherwise";

/** Where a browser on any page of this site goes when it is sent to `path`. */
const originFrom = (page: string, path: string) => new URL(path, BASE + page).origin;

describe("safePath", () => {
  it.each(REDIRECT_TRICKS)("refuses %j", (raw) => {
    expect(safePath(raw, OTHERWISE)).toBe(OTHERWISE);
  });

  it.each([[undefined], [null], [42], [["/admin"]], [["/admin", "//evil.test"]], [{ toString: () => "/admin" }]])(
    "refuses what is no text: %j",
    (raw) => {
      expect(safePath(raw, OTHERWISE)).toBe(OTHERWISE);
    },
  );

  it.each([
    ["/", "/"],
    ["/admin/users", "/admin/users"],
    ["/admin/users?q=ann&sort=-loginId", "/admin/users?q=ann&sort=-loginId"],
    ["/admin/users?next=//evil.test", "/admin/users?next=//evil.test"],
    ["/admin//users", "/admin//users"],
    ["/admin/./users/../groups", "/admin/groups"],
    ["/account#sessions", "/account#sessions"],
    ["/@evil.test", "/@evil.test"],
    ["/büro", "/b%C3%BCro"],
  ])("takes %s", (raw, path) => {
    expect(safePath(raw, OTHERWISE)).toBe(path);
  });

  it.each(ENCODED_TRICKS)("stays here with the encoded %s", (raw) => {
    expect(originFrom("/login", safePath(raw, OTHERWISE))).toBe(BASE);
  });

  const tricky = fc.string({
    unit: fc.constantFrom(..."/\\.:@?#%2f5cehtps \t\n\r\0", "evil.test", "%2e", "\u3002", "\uff0f", "\u2028", "\ud800"),
    maxLength: 24,
  });
  const anyUnits = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units));

  it("never leads to another site, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          tricky,
          tricky.map((tail) => `/${tail}`),
          anyUnits.map((tail) => `/${tail}`),
        ),
        (raw) => {
          const path = safePath(raw, OTHERWISE);
          expect(path).toMatch(/^\/(?![/\\])/);
          expect(path).toMatch(/^[\x21-\x7e]*$/);
          expect(originFrom("/", path)).toBe(BASE);
          expect(originFrom("/a/b/c?d", path)).toBe(BASE);
        },
      ),
      propertyRuns(3000),
    );
  });
});

describe("loginPath", () => {
  it.each([
    [null, "/login"],
    ["/", "/login"],
    ["//evil.test", "/login"],
    ["/admin/users?q=a&b=c", "/login?next=%2Fadmin%2Fusers%3Fq%3Da%26b%3Dc"],
  ])("for %j is %s", (location, path) => {
    expect(loginPath(location)).toBe(path);
  });
});
