import fc from "fast-check";
import { EqualityFilter, FilterParser } from "ldapts";
import { describe, expect, it } from "vitest";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { propertyRuns } from "@/lib/testing/property-runs";
import { bindName, isCalled, namingInDn, namingInFilter, searchFilter } from "./names";

const loginIds = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({ unit: fc.constantFrom(..."ab,+=<>#;\"\\ *()&|!{}$'/".split("")), minLength: 1 }),
);
/** As sign-ins have them: canonical, which means trimmed, and never with a NUL. */
const canonical = loginIds.map(canonicalLoginId).filter((text) => text !== "" && !text.includes("\0"));

/** Reads one RDN as RFC 4514 §3 says. @returns its value, and what follows it */
function readRdn(dn: string): { attribute: string; value: string; rest: string } {
  const [, attribute = "", start = ""] = /^([a-z]+)=(.*)$/su.exec(dn) ?? [];
  let value = "";
  let at = 0;
  for (; at < start.length && start[at] !== ","; at += 1) {
    if (start[at] === "+" || start[at] === ";") throw new Error(`an unescaped ${start[at]} in ${dn}`);
    if (start[at] !== "\\") value += start[at];
    else {
      at += 1;
      value += start[at];
    }
  }
  return { attribute, value, rest: start.slice(at + 1) };
}

describe("a distinguished name", () => {
  it("has the login id as the value of one attribute, whatever it consists of", () => {
    fc.assert(
      fc.property(canonical, (loginId) => {
        const name = bindName("uid={},dc=example,dc=org", loginId) ?? "";
        expect(readRdn(name)).toEqual({ attribute: "uid", value: loginId, rest: "dc=example,dc=org" });
      }),
      propertyRuns(500),
    );
  });

  it.each([
    ["a,ou=x", "uid=a\\,ou\\=x,dc=x"],
    ["a+cn=b", "uid=a\\+cn\\=b,dc=x"],
    ["#1", "uid=\\#1,dc=x"],
    ["$&", "uid=$&,dc=x"],
    ["o'hara (née müller)", "uid=o'hara (née müller),dc=x"],
  ])("for %j is %j", (loginId, expected) => {
    expect(bindName("uid={},dc=x", loginId)).toBe(expected);
  });
});

describe("a name of Active Directory, which has no escapes", () => {
  it.each([
    ["{}@corp.example.com", "ann.lee", "ann.lee@corp.example.com"],
    ["CORP\\{}", "josé-1_2", "CORP\\josé-1_2"],
    ["{}", "ann@corp.example.com", "ann@corp.example.com"],
  ])("%s for %s is %s", (format, loginId, expected) => {
    expect(bindName(format, loginId)).toBe(expected);
  });

  it.each(["a,b", "a=b", "a\\b", "a b", "*", ")(uid=*", "", "a\u0000b", "a/b", 'a"b'])("holds no %j", (loginId) => {
    expect(bindName("{}@corp.example.com", loginId)).toBeUndefined();
  });
});

describe("a search filter", () => {
  it("asks for the login id in one attribute, whatever it consists of", () => {
    fc.assert(
      fc.property(canonical, (loginId) => {
        const filter = FilterParser.parseString(searchFilter("(uid={})", loginId));
        expect(filter).toBeInstanceOf(EqualityFilter);
        const { attribute, value } = filter as EqualityFilter;
        expect([attribute, String(value)]).toEqual(["uid", loginId]);
      }),
      propertyRuns(500),
    );
  });

  it("has it in every place", () => {
    expect(searchFilter("(|(uid={})(mail={}))", "a*)")).toBe("(|(uid=a\\2a\\29)(mail=a\\2a\\29))");
  });
});

describe("an entry that was found", () => {
  const naming = namingInFilter("(&(objectClass=person)(|(uid={})(mail={}@example.com)))");
  const entry = (values: Record<string, string[]>) => (attribute: string) => values[attribute] ?? [];

  it("is looked at in the attributes that the filter or the name speaks of", () => {
    expect(naming).toEqual([
      { attribute: "uid", pattern: "{}" },
      { attribute: "mail", pattern: "{}@example.com" },
    ]);
    expect(namingInDn("cn={}+sn=x,ou=people,dc=example")).toEqual([{ attribute: "cn", pattern: "{}" }]);
    expect(namingInDn("ou=people,mail={}@x.org,dc=example")).toEqual([{ attribute: "mail", pattern: "{}@x.org" }]);
  });

  it.each<[string, Record<string, string[]>]>([
    ["jose", { uid: ["jose"] }],
    ["jose", { uid: ["JOSE"] }],
    ["jose", { uid: ["other", "Jose"] }],
    ["jose", { mail: ["Jose@EXAMPLE.com"] }],
    ["josé", { uid: ["jose\u0301"] }],
  ])("is %s's with %j", (loginId, values) => {
    expect(isCalled(naming, loginId, entry(values))).toBe(true);
  });

  it.each<[string, Record<string, string[]>]>([
    ["jose", { uid: ["josé"] }],
    ["josé", { uid: ["jose"] }],
    ["jose", { mail: ["jose@example.org"] }],
    ["jo", { uid: ["jose"] }],
    ["*", { uid: ["jose"] }],
  ])("is not %s's with %j, however the directory compares", (loginId, values) => {
    expect(isCalled(naming, loginId, entry(values))).toBe(false);
  });

  it("is nobody knows whose where it shows nothing", () => {
    expect(isCalled(naming, "jose", entry({ sn: ["jose"] }))).toBe("unknown");
  });
});
