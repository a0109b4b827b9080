import { HASH_LENGTH, longPasswordHash } from "./long-password-hash";

type IsListed = (password: string) => boolean;

let list: Promise<IsListed> | undefined;

/**
 * Two lists of what attackers try first, in lower case, from published leaks: 49,000 passwords, few of which have as many
 * characters as PASSWORD_MIN_LENGTH asks for, and the 10,000 most frequent ones that do.
 */
async function readLists(): Promise<IsListed> {
  const [{ dictionary }, { LONG_PASSWORDS }] = await Promise.all([
    import("@zxcvbn-ts/language-common"),
    import("./long-passwords"),
  ]);
  const words = new Set(dictionary["passwords-common"]);
  const hashes = new Set(LONG_PASSWORDS.match(new RegExp(`.{${HASH_LENGTH}}`, "g")));
  return (password) => words.has(password) || hashes.has(longPasswordHash(password));
}

/** Read when the first password is set: 0.1 seconds and 5 MB that a process without that need does not spend. */
function commonPasswords(): Promise<IsListed> {
  list ??= readLists();
  return list;
}

/** Repeated units below this many characters are too easy to guess, whatever they are. */
const SHORT_UNIT = 4;

/** What comes next where people type rows of digits or letters. */
const following = (character: string) => {
  if (character === "9") return "0";
  return character === "z" ? "a" : String.fromCodePoint((character.codePointAt(0) ?? 0) + 1);
};

const ascends = (characters: string[]) =>
  characters.length > 1 && characters.slice(1).every((next, index) => next === following(characters[index] ?? ""));

/** The shortest unit that makes up the whole by being repeated at least once; the last time may be cut off. */
function repeatedUnit(characters: string[]): string[] | undefined {
  for (let length = 1; length <= characters.length / 2; length += 1) {
    if (characters.every((character, index) => index < length || character === characters[index - length])) {
      return characters.slice(0, length);
    }
  }
  return undefined;
}

/**
 * Whether `password` is one of those that attackers try first: an entry of the lists, a row such as `123456789012`, or one
 * of these or next to nothing over and over (`abcabcabcabc`, `passwordpassword`).
 * @param password in lower case and NFKC, not longer than passwords may be
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const isListed = await commonPasswords();
  const isListedOrRow = (characters: string[]) =>
    isListed(characters.join("")) || ascends(characters) || ascends(characters.toReversed());
  const characters = [...password];
  const unit = repeatedUnit(characters);
  return isListedOrRow(characters) || (unit !== undefined && (unit.length < SHORT_UNIT || isListedOrRow(unit)));
}
