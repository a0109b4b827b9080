import { createTranslator } from "use-intl/core";
import { terminalLanguage } from "@/lib/config/env-files";
import { loadMessages, negotiateLocale } from "@/lib/i18n/locales";

export type CliTexts = Awaited<ReturnType<typeof cliTexts>>;

/** Translators for what the command line says, in the language of the terminal. */
export async function cliTexts() {
  const locale = negotiateLocale(undefined, terminalLanguage());
  const messages = await loadMessages(locale);
  return {
    cli: createTranslator({ locale, messages, namespace: "cli", timeZone: "UTC" }),
    errors: createTranslator({ locale, messages, namespace: "errors", timeZone: "UTC" }),
  };
}
