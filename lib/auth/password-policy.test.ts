import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Invalid } from "@/lib/errors";
import { withEnvironment } from "@/lib/testing/environment";
import { failureOf } from "@/lib/testing/failure";
import { LONG_PASSWORDS } from "./long-passwords";
import { assertPasswordAllowed, type PasswordOwner, passwordProblems } from "./password-policy";

/** Varied enough that only its length can be wrong. */
const varied = (length: number) =>
  "kq7 vz2m xw9"
    .repeat(100)
    .slice(0, length - 1)
    .concat("!");

const keysOf = async (password: string, owner: PasswordOwner = {}) =>
  (await passwordProblems(password, owner)).map(({ key }) => key);

const contextOf = async (password: string, owner: PasswordOwner = {}) =>
  (await passwordProblems(password, owner)).find(({ key }) => key === "passwordContext")?.params?.word;

describe("the length", () => {
  it.each<[string, string, string[]]>([
    ["twelve characters", varied(12), []],
    ["eleven characters", varied(11), ["passwordTooShort"]],
    ["nothing", "", ["passwordTooShort"]],
    ["eight characters, four of two parts each", "a\u0308w!o\u0308?u\u0308xe\u0308", ["passwordTooShort"]],
    ["eleven characters, some outside the basic plane", "\u{1f511}kq7 \u{1f512}vz2m!", ["passwordTooShort"]],
    ["twelve characters, some outside the basic plane", "\u{1f511}kq7 \u{1f512}vz2m!x", []],
    ["one kind of characters, for composition does not matter", "zwqkfjmpxvhb", []],
    ["1024 bytes", varied(1024), []],
    ["1025 bytes", varied(1025), ["passwordTooLong"]],
    ["1025 bytes in 513 characters", `${"\u00e4".repeat(512)}x`, ["passwordTooLong"]],
    ["a megabyte of what would take long to look at", `${"a".repeat(1_000_000)}b`, ["passwordTooLong"]],
  ])("%s", async (_, password, keys) => {
    expect(await keysOf(password)).toEqual(keys);
  });

  it("follows PASSWORD_MIN_LENGTH and names it", async () => {
    await withEnvironment({ PASSWORD_MIN_LENGTH: "16" }, async () => {
      expect(await passwordProblems(varied(15), {})).toEqual([{ key: "passwordTooShort", params: { min: 16 } }]);
      expect(await passwordProblems(varied(16), {})).toEqual([]);
    });
  });
});

describe("common passwords", () => {
  it.each([
    ["an entry of the list", "1qaz2wsx3edc"],
    ["an entry of the list of long ones", "sleepyhollow"],
    ["an entry of that list in other case", "GrassIsGreen"],
    ["an entry of that list of lesser rank", "ghfdjgbcfybt"],
    ["an entry in other case", "AdMiniStrator"],
    ["an entry in full-width letters", "\uff41dministrator"],
    ["one character over and over", "aaaaaaaaaaaa"],
    ["a character outside the basic plane over and over", "\u{1f511}".repeat(12)],
    ["blanks", " ".repeat(12)],
    ["three characters over and over", "\u00e4!7".repeat(4)],
    ["three characters over and over, cut off", `${"x!7".repeat(4)}x!`],
    ["an entry over and over", "passwordPassword"],
    ["an entry over and over, cut off", "dragondragondra"],
    ["a row over and over", "efghefghefgh"],
    ["digits upward", "123456789012"],
    ["digits downward", "210987654321"],
    ["letters upward", "abcdefghijkl"],
    ["letters downward", "ZYXWVUTSRQPO"],
    ["letters past their end", "uvwxyzabcdef"],
    ["letters of another alphabet upward", "\u03b1\u03b2\u03b3\u03b4\u03b5\u03b6\u03b7\u03b8\u03b9\u03ba\u03bb\u03bc"],
  ])("refuses %s", async (_, password) => {
    expect(await keysOf(password)).toEqual(["passwordCommon"]);
  });

  it("are more than 3000 of the length that is asked for", () => {
    const hashes = LONG_PASSWORDS.match(/.{8}/g) ?? [];
    expect(hashes.join("")).toBe(LONG_PASSWORDS);
    expect(new Set(hashes).size).toBe(10_000);
  });

  it.each([
    ["words", "a long walk in the rain"],
    ["an entry within something else", "my password is a very long one"],
    ["an uncommon unit twice", "kq7vz2kq7vz2"],
    ["a row with one step missing", "abcdefhijklm"],
    ["a repetition with one slip", "abcabcabcabd"],
    ["a repetition with a late slip", "abcabcabcabcabcabd"],
  ])("lets %s pass", async (_, password) => {
    expect(await keysOf(password)).toEqual([]);
  });

  it("tells of everything at once", async () => {
    expect(await keysOf("qwerty")).toEqual(["passwordTooShort", "passwordCommon"]);
  });
});

describe("context words", () => {
  const site = { EMAIL_SITE_NAME: "The Harbour of M\u00e1laga", EMAIL_SITE_ABBR: "HoM" };

  it.each<[string, string, string, string | undefined]>([
    ["the name of the site", "my gatehouse rocks", "", "Gatehouse"],
    ["a word of the site's name in mail", "a boat in the HARBOUR", "", "Harbour"],
    ["a word with its accent typed apart", "sunny ma\u0301laga nights", "", "M\u00e1laga"],
    ["a word in full-width letters", "a boat in \uff48arbour", "", "Harbour"],
    ["short words of the name", "the hom of boats", "", undefined],
    ["the login id", "x Ann.Lee@Example.com y", "ann.lee@example.com", "ann.lee@example.com"],
    ["the login id as it was written", "x ann.lee@example.com y", " Ann.Lee@example.com ", "Ann.Lee@example.com"],
    ["the part of the login id before the @", "ann.lee is the best", "ann.lee@example.com", "ann.lee"],
    ["a user name", "somebody called anna", "anna", "anna"],
    ["a short user name", "somebody called ann", "ann", undefined],
    ["a short part before the @", "somebody called ann", "ann@example.com", undefined],
    ["the domain of the login id", "example.com as a word", "annabel@example.com", undefined],
    ["another login id", "ann.lee is the best", "ben.lee@example.com", undefined],
  ])("%s", async (_, password, loginId, word) => {
    await withEnvironment(site, async () => {
      expect(await contextOf(password, { loginId })).toBe(word);
    });
  });

  it("knows the words of the site's name in any form of its letters", async () => {
    await withEnvironment({ EMAIL_SITE_NAME: site.EMAIL_SITE_NAME.normalize("NFD") }, async () => {
      expect(await contextOf("sunny m\u00e1laga nights")).toBe("M\u00e1laga");
    });
  });

  it("does not ask for a login id", async () => {
    expect(await keysOf("undefined was here")).toEqual([]);
  });
});

describe("the policy as a whole", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  const guessable = fc.constantFrom("\u00e4\u00f6\u00fc", "gatehouse", "M\u00e1laga", "12345678", "\u00e9".repeat(12));
  const password = fc.oneof(
    text,
    fc.tuple(text, guessable).map(([free, word]) => word + free),
    guessable,
  );

  it("does not mind in which Unicode form a password or a login id is typed", async () => {
    await fc.assert(
      fc.asyncProperty(password, fc.oneof(text, guessable), async (typed, loginId) => {
        const composed = await keysOf(typed.normalize("NFC"), { loginId: loginId.normalize("NFD") });
        expect(await keysOf(typed.normalize("NFD"), { loginId: loginId.normalize("NFC") })).toEqual(composed);
      }),
    );
  });

  it("does not mind the case where it is strict", async () => {
    const letters = fc.string({ unit: fc.constantFrom(..."abcdefghouts123"), minLength: 12, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(letters, async (typed) => {
        expect(await keysOf(typed.toUpperCase())).toEqual(await keysOf(typed));
      }),
    );
  });

  it("refuses whatever repeats up to three characters", async () => {
    const unit = fc.string({ unit: fc.constantFrom(..."kZ7! \u00e4\u4e2d\u{1f511}"), minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(unit, fc.integer({ min: 12, max: 60 }), async (typed, times) => {
        expect(await keysOf(typed.repeat(times))).toEqual(["passwordCommon"]);
      }),
    );
  });
});

describe("assertPasswordAllowed", () => {
  it("throws the first problem, on the field", async () => {
    const failure = await failureOf(assertPasswordAllowed("qwerty", {}));
    expect(failure).toBeInstanceOf(Invalid);
    expect(failure).toMatchObject({ fields: { password: { key: "passwordTooShort", params: { min: 12 } } } });
    expect(await failureOf(assertPasswordAllowed("qwertyqwerty", {}))).toMatchObject({
      fields: { password: { key: "passwordCommon" } },
    });
  });

  it("lets everything else pass", async () => {
    await expect(assertPasswordAllowed("a long walk in the rain", { loginId: "walker" })).resolves.toBeUndefined();
  });
});

it("refuses what sign-in would not take", async () => {
  expect(await passwordProblems("a long walk \0 in the rain", {})).toEqual([{ key: "invalidCharacters" }]);
});
