import { match } from "@formatjs/intl-localematcher";
import type messages from "@/messages/en.json";

/** A new language is one file in messages/ and one line here, with its name in itself. */
export const languages = {
  en: "English",
  es: "Español",
} as const;

export type Locale = keyof typeof languages;
export type Messages = typeof messages;

export const DEFAULT_LOCALE: Locale = "en";
export const locales = Object.keys(languages) as Locale[];

export const isLocale = (value: unknown): value is Locale =>
  typeof value === "string" && Object.hasOwn(languages, value);

/** Locale of the browser's Accept-Language header (RFC 9110 §12.5.4), or the default. */
function acceptedLocale(header: string | null): Locale {
  const wanted = (header ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";").map((piece) => piece.trim());
      const weight = parameters.find((parameter) => parameter.startsWith("q="));
      return { tag, weight: weight ? Number(weight.slice(2)) : 1 };
    })
    // The matcher throws on what is no language tag, such as the wildcard.
    .filter(({ tag, weight }) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
  try {
    return match(wanted, locales, DEFAULT_LOCALE) as Locale;
  } catch {
    return DEFAULT_LOCALE;
  }
}

/** The language to use: each preference in turn that names one of ours, then the browser's wish, then English. */
export function negotiateLocale(preference: unknown, acceptLanguage: string | null): Locale {
  return isLocale(preference) ? preference : acceptedLocale(acceptLanguage);
}

export async function loadMessages(locale: Locale): Promise<Messages> {
  return (await import(`@/messages/${locale}.json`)).default as Messages;
}
