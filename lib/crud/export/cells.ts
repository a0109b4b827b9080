/** What the cells of exports hold, and what of it a spreadsheet must not take for a formula. */

export type ExportValue = string | number | boolean | Date | string[] | null;

/** Texts for booleans, in the reader's language. */
export type ExportTexts = { yes: string; no: string };

// Full-width and small forms count as well where Excel runs in an East Asian language.
const SIGN = "[=+\\-@\\uFE62\\uFE63\\uFE66\\uFE6B\\uFF0B\\uFF0D\\uFF1D\\uFF20]";

/** White space, quotes and what is invisible or not allowed, which programs drop before they look for a formula. */
const MASK = '[\\s"\\p{Cc}\\p{Cf}\\p{Cs}\\uFFFE\\uFFFF]*';

const HARMLESS = /^[\p{L}\p{N}'][^;\t\r\n]*$/u;
const AT_BEGINNING = new RegExp(`^(?:\\p{Cc}|${MASK}${SIGN})`, "u");
// The sign is optional so that a match eats a long mask at once instead of trying it from each of its characters.
const AFTER_SEPARATOR = new RegExp(`([;\\t\\r\\n]${MASK})(${SIGN}?)`, "gu");

/**
 * `text` with an apostrophe before whatever a spreadsheet would calculate (ASVS 1.2.10, CWE-1236): before the text itself,
 * and before a sign that follows a semicolon, tab or line break inside. Excel splits a CSV file at semicolons where the
 * comma is the decimal sign, and then a quote amid a line quotes nothing.
 */
export function neutral(text: string): string {
  if (HARMLESS.test(text)) return text;
  const inner = text.replace(AFTER_SEPARATOR, (_, before: string, sign: string) =>
    sign ? `${before}'${sign}` : before,
  );
  return AT_BEGINNING.test(text) ? `'${inner}` : inner;
}

const DEFUSED_BEGINNING = new RegExp(`^'(?='*(?:\\p{Cc}|${MASK}${SIGN}))`, "u");
const DEFUSED_AFTER_SEPARATOR = new RegExp(`([;\\t\\r\\n]${MASK})(?:'(?='*${SIGN}))?`, "gu");

/**
 * The text behind a cell: `neutral` undone. `'=1` stands for `=1` then; a text that itself begins like that is told apart
 * only if `unambiguous` gave it one apostrophe more before.
 */
export const restored = (cell: string): string =>
  cell.replace(DEFUSED_AFTER_SEPARATOR, "$1").replace(DEFUSED_BEGINNING, "");

const SEEMS_DEFUSED_AFTER_SEPARATOR = new RegExp(`([;\\t\\r\\n]${MASK})((?:'+${SIGN})?)`, "gu");

/** `text` so that `restored(neutral(…))` gives it back, whatever it is: for files that are read again. */
export function unambiguous(text: string): string {
  const inner = text.replace(SEEMS_DEFUSED_AFTER_SEPARATOR, (_, before: string, after: string) =>
    after ? `${before}'${after}` : before,
  );
  return DEFUSED_BEGINNING.test(text) ? `'${inner}` : inner;
}

/** ISO 8601 in UTC without fractions: 2031-05-06T00:00:00Z. */
export const isoSeconds = (date: Date): string =>
  // PostgreSQL knows "infinity", JavaScript does not.
  Number.isNaN(date.getTime()) ? String(date) : `${date.toISOString().slice(0, -5)}Z`;

/** The text of a cell, without danger in a spreadsheet; null is empty. */
export function textOf(value: ExportValue, texts: ExportTexts): string {
  if (typeof value === "string") return neutral(value);
  if (value === null) return "";
  if (value instanceof Date) return isoSeconds(value);
  if (typeof value === "boolean") return neutral(value ? texts.yes : texts.no);
  return typeof value === "number" ? String(value) : neutral(value.join("; "));
}
