import { createTranslator } from "use-intl/core";
import { config } from "@/lib/config/env";
import { type Locale, loadMessages } from "@/lib/i18n/locales";

export type MailWriter = Awaited<ReturnType<typeof mailWriter>>;

const MOMENT = {
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  // Read by people anywhere, long after it was written: the time says which one it is.
  timeZone: "UTC",
  timeZoneName: "short",
} as const;

const UNITS = [
  ["day", 24 * 60],
  ["hour", 60],
  ["minute", 1],
] as const;

/** The largest unit that says it in whole numbers: "4 hours", but "90 minutes". */
function duration(minutes: number, locale: Locale): string {
  const [unit, size] = UNITS.find(([, length]) => minutes >= length && minutes % length === 0) ?? ["minute", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(minutes / size);
}

/**
 * The text without what would begin a new line or turn the direction of reading: in a subject that would be another
 * header (CWE-93), in a text a sentence that we never wrote.
 */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, " ").trim();

/** What every template needs to write in the language of the reader, without a request around it. */
export async function mailWriter(locale: Locale) {
  const { EMAIL_SITE_NAME, EMAIL_SITE_ABBR, AUTH_URL } = config();
  const moments = new Intl.DateTimeFormat(locale, MOMENT);
  return {
    locale,
    /** The name, the abbreviation for subjects (it may be empty), and the address without its scheme. */
    site: { name: oneLine(EMAIL_SITE_NAME), abbreviation: oneLine(EMAIL_SITE_ABBR), host: new URL(AUTH_URL).host },
    t: createTranslator({ locale, messages: await loadMessages(locale), namespace: "mail", timeZone: "UTC" }),
    /** Date and time of day, in UTC. */
    moment: (at: Date) => moments.format(at),
    duration: (minutes: number) => duration(minutes, locale),
  };
}
