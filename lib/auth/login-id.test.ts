import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@/lib/testing/property-runs";
import { canonicalLoginId, isEmailAddress, isLoginId, isUserName } from "./login-id";

describe("one login id in several spellings", () => {
  it.each([
    ["capitals", "Ann@Example.COM", "ann@example.com"],
    ["blanks around it", "  ann@example.com \t\n", "ann@example.com"],
    ["a no-break space after it", "ann@example.com\u00a0", "ann@example.com"],
    ["an ideographic space before it", "\u3000ann@example.com", "ann@example.com"],
    ["full-width letters", "ａｎｎ@ｅｘａｍｐｌｅ.ｃｏｍ", "ann@example.com"],
    ["a full-width @ and dot", "ann＠example．com", "ann@example.com"],
    ["an ideographic full stop", "ann@example。com", "ann@example.com"],
    ["the Kelvin sign", "\u212aate@example.com", "kate@example.com"],
    ["the Ångström sign", "\u212bsa@example.com", "\u00e5sa@example.com"],
    ["decomposed letters", "jose\u0301@example.com", "jos\u00e9@example.com"],
    ["a ligature", "\ufb01nn@example.com", "finn@example.com"],
    ["a domain in its own script", "ann@BÜCHER.example", "ann@xn--bcher-kva.example"],
    ["a domain in decomposed letters", "ann@bu\u0308cher.example", "ann@xn--bcher-kva.example"],
    ["a domain in ASCII form", "ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"],
    ["a user name in capitals", "ANN", "ann"],
    ["a user name with blanks", " ann ", "ann"],
  ])("%s", (_, typed, canonical) => {
    expect(canonicalLoginId(typed)).toBe(canonical);
  });
});

describe("login ids that look alike", () => {
  it.each([
    ["a Cyrillic letter", "\u0430nn@example.com", "ann@example.com"],
    ["a dotless i", "m\u0131ke@example.com", "mike@example.com"],
    ["an i with a dot above", "m\u0130ke@example.com", "mike@example.com"],
    ["a letter without its accent", "jose@example.com", "jos\u00e9@example.com"],
    ["a plus tag", "ann+x@example.com", "ann@example.com"],
    ["a dot in the local part", "a.nn@example.com", "ann@example.com"],
    ["a zero-width space in the local part", "an\u200bn@example.com", "ann@example.com"],
    ["a sharp s in the domain", "ann@fa\u00df.example", "ann@fass.example"],
    ["a path after the domain", "ann@example.com/evil", "ann@example.com"],
    ["a query after the domain", "ann@example.com?evil", "ann@example.com"],
    ["a fragment after the domain", "ann@example.com#evil", "ann@example.com"],
    ["a backslash after the domain", "ann@example.com\\evil", "ann@example.com"],
    ["a line break in the domain", "ann@exam\r\nple.com", "ann@example.com"],
    ["a tab in the domain", "ann@exam\tple.com", "ann@example.com"],
    ["a percent sign in the domain", "ann@ex%61mple.com", "ann@example.com"],
    ["a number for an address", "ann@2130706433", "ann@127.0.0.1"],
  ])("stay apart: %s", (_, one, other) => {
    expect(canonicalLoginId(one)).not.toBe(canonicalLoginId(other));
  });
});

/** Any sequence of UTF-16 units, halves of surrogate pairs included. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

/** What domains and their abuses are made of. */
const nearDomains = fc.string({
  unit: fc.constantFrom(
    ..."abZ019.-_@%/?#\\:[]\t\n \0",
    "\u0130",
    "\u0323",
    "\u0327",
    "\u0307",
    "ß",
    "Σ",
    "ü",
    "\u00ad",
    "。",
  ),
  maxLength: 30,
});

const anyText = fc.oneof(anyUnits, fc.string({ unit: "binary" }), nearDomains);

describe("canonicalLoginId", () => {
  it("never throws, and has nothing more to do on its own result", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.tuple(anyText, anyText).map(([local, domain]) => `${local}@${domain}`),
        ),
        (typed) => {
          const once = canonicalLoginId(typed);
          expect(canonicalLoginId(once)).toBe(once);
        },
      ),
      // Lower case takes the first one out of its normal form.
      { ...propertyRuns(3000), examples: [["\u0130\u0327@x.com"]] },
    );
  });

  it("makes one of all Unicode normal forms", () => {
    fc.assert(
      fc.property(anyText, (typed) => {
        for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const) {
          expect(canonicalLoginId(typed.normalize(form))).toBe(canonicalLoginId(typed));
        }
      }),
      propertyRuns(1000),
    );
  });
});

const ofLength = (length: number) => {
  const local = "a".repeat(64);
  const label = "b".repeat(60);
  const domain = `${label}.${label}.${label}.`;
  return `${local}@${domain}${"c".repeat(length - local.length - 1 - domain.length)}`;
};

describe("isEmailAddress", () => {
  it.each([
    "ann@example.com",
    "ann.lee+tag@mail.example.co.uk",
    "o'brien@example.com",
    "jos\u00e9@example.com",
    "x@1and1.com",
    "ann@xn--bcher-kva.example",
    ofLength(254),
  ])("takes %s", (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["no @", "ann.example.com"],
    ["two @", "ann@lee@example.com"],
    ["no local part", "@example.com"],
    ["no domain", "ann@"],
    ["a domain without a dot", "ann@localhost"],
    ["a dot at the start", ".ann@example.com"],
    ["a dot at the end", "ann.@example.com"],
    ["two dots", "ann..lee@example.com"],
    ["a domain that begins with a dot", "ann@.example.com"],
    ["a domain that ends with a dot", "ann@example.com."],
    ["a domain that begins with a hyphen", "ann@-example.com"],
    ["two addresses with a comma", "ann@example.com,bob@example.com"],
    ["two addresses with a semicolon", "ann@example.com;bob@example.com"],
    ["a blank", "ann lee@example.com"],
    ["a display name", "Ann <ann@example.com>"],
    ["CR and LF", "ann@example.com\r\nBcc: eve@evil.test"],
    ["LF in the local part", "ann\n@example.com"],
    ["NUL", "ann\0@example.com"],
    ["a zero-width space", "an\u200bn@example.com"],
    ["a bidirectional override", "an\u202en@example.com"],
    ["half a surrogate pair", "an\ud800n@example.com"],
    ["quotes", '"ann"@example.com'],
    ["a comment", "ann(x)@example.com"],
    ["an address literal", "ann@[127.0.0.1]"],
    ["a local part of 65 characters", `${"a".repeat(65)}@example.com`],
    ["255 characters", ofLength(255)],
  ])("refuses %s", (_, address) => {
    expect(isEmailAddress(address)).toBe(false);
  });
});

describe("isLoginId", () => {
  it.each([
    ["capitals and blanks around it", " Ann@Example.com "],
    ["a domain in its own script", "ann@bücher.example"],
  ])("takes an address with %s", (_, typed) => {
    expect(isLoginId(typed, "email")).toBe(true);
  });

  // Mail goes to what was typed, so that must be one plain address as well.
  it.each([
    ["a path", "ann@example.com/evil"],
    ["a query", "ann@example.com?evil"],
    ["a fragment", "ann@example.com#evil"],
    ["a backslash", "ann@example.com\\evil"],
    ["CR and LF in the domain", "ann@exam\r\nple.com"],
    ["a tab in the domain", "ann@exam\tple.com"],
    ["a zero-width space in the domain", "ann@exam\u200bple.com"],
    ["a percent sign in the domain", "ann@ex%61mple.com"],
    ["a number as its domain", "ann@163"],
    ["a hexadecimal number as its domain", "ann@0x7f.1"],
  ])("refuses an address with %s", (_, typed) => {
    expect(isLoginId(typed, "email")).toBe(false);
  });

  it.each(["ann", "ann.lee", "ann@example.com", "ann-1", "안나"])("takes the user name %s", (typed) => {
    expect(isLoginId(typed, "username")).toBe(true);
  });

  it.each(["", "   ", "ann lee", "ann,bob", "ann\nlee", "<ann>", "a\u200bnn", "x".repeat(255)])(
    "refuses the user name %j",
    (typed) => {
      expect(isLoginId(typed, "username")).toBe(false);
      expect(isUserName(canonicalLoginId(typed))).toBe(false);
    },
  );
});
