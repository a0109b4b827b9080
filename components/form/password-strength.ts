export type PasswordStrength = "weak" | "fair" | "strong";

const KINDS = [/[\p{Ll}\p{Lo}]/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];

const FAIR = 11;
const STRONG = 16;

/**
 * A rough guess to go by while typing; what is allowed is for the server to say. Length counts most, as far as it is not
 * the same character or its neighbour again; each further kind of characters counts as two more.
 * @param minLength in characters, below which everything is weak
 * @returns undefined for nothing
 */
export function passwordStrength(password: string, minLength: number): PasswordStrength | undefined {
  if (password === "") return undefined;
  const codes = [...password.normalize("NFC")].map((character) => character.codePointAt(0) ?? 0);
  const surprising = codes.filter((code, index) => index === 0 || Math.abs(code - (codes[index - 1] ?? 0)) > 1).length;
  const kinds = KINDS.filter((kind) => kind.test(password)).length;
  const score = Math.min(surprising, 1.5 * new Set(codes).size) + 2 * (kinds - 1);
  if (codes.length < minLength || score < FAIR) return "weak";
  return score < STRONG ? "fair" : "strong";
}
