import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { Invalid, type Problem } from "@/lib/errors";
import { isCommonPassword } from "./common-passwords";
import { isTooLong, normalPassword, PASSWORD_MAX_BYTES } from "./password";

/** Whose password it is to be, as far as that is known. */
export type PasswordOwner = { loginId?: string | undefined };

type PasswordCheck = (password: string, owner: PasswordOwner) => Problem | undefined | Promise<Problem | undefined>;

/**
 * The form in which passwords are compared with words: neither case nor the way of typing a letter makes a difference.
 * Lower-casing can leave the normal form (U+0130), so it is applied again.
 */
const folded = (text: string) => text.normalize("NFKC").toLowerCase().normalize("NFKC");

const lengthOf = (text: string) => [...text].length;

/** Characters are code points of what is hashed, not what a language's strings happen to count. */
const longEnough: PasswordCheck = (password) => {
  const min = config().PASSWORD_MIN_LENGTH;
  return lengthOf(normalPassword(password)) < min ? { key: "passwordTooShort", params: { min } } : undefined;
};

/** Not one of those that attackers try first. */
const uncommon: PasswordCheck = async (password) =>
  (await isCommonPassword(folded(password))) ? { key: "passwordCommon" } : undefined;

/** Shorter words are in too many good passwords by chance. */
const WORD_LENGTH = 4;

function wordsAbout({ loginId = "" }: PasswordOwner): string[] {
  const { EMAIL_SITE_NAME, EMAIL_SITE_ABBR } = config();
  const site = [settings.siteName, EMAIL_SITE_NAME, EMAIL_SITE_ABBR].flatMap(
    (name) => name.normalize("NFC").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  );
  // The whole comes before its part, so that the message names as much as was found.
  const own = [loginId, loginId.replace(/@[^@]*$/, "")].map((word) => word.trim());
  return [...own, ...site].filter((word) => lengthOf(folded(word)) >= WORD_LENGTH);
}

/** Without the words that everybody would guess for this site and this user. */
const withoutContext: PasswordCheck = (password, owner) => {
  const word = wordsAbout(owner).find((candidate) => folded(password).includes(folded(candidate)));
  return word === undefined ? undefined : { key: "passwordContext", params: { word } };
};

/**
 * The password policy (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2): each check says what speaks against a password, with a key
 * below `errors`. Add, drop or change checks here; every path that sets a password obeys them. Rules on kinds of
 * characters are left out on purpose: they make passwords harder to remember, not harder to guess.
 *
 * - `longEnough`: PASSWORD_MIN_LENGTH characters
 * - `uncommon`: no well-known password, row or mere repetition
 * - `withoutContext`: neither a word of the site's name nor the login id
 */
const checks: PasswordCheck[] = [longEnough, uncommon, withoutContext];

/**
 * Everything that speaks against `password`; empty if it may be set.
 * @param owner whose login id must not be in it
 */
export async function passwordProblems(password: string, owner: PasswordOwner): Promise<Problem[]> {
  // Nothing looks at the content of what could not be verified later, however long it is.
  if (isTooLong(password)) return [{ key: "passwordTooLong", params: { max: PASSWORD_MAX_BYTES } }];
  // Signing in refuses it: such a password would lock its owner out.
  if (password.includes("\0")) return [{ key: "invalidCharacters" }];
  const problems = await Promise.all(checks.map((check) => check(password, owner)));
  return problems.filter((problem) => problem !== undefined);
}

/**
 * @param owner whose login id must not be in it
 * @throws Invalid with the first thing that speaks against `password`
 */
export async function assertPasswordAllowed(password: string, owner: PasswordOwner): Promise<void> {
  const [problem] = await passwordProblems(password, owner);
  if (problem) throw new Invalid({ password: problem });
}
