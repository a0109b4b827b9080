import { createFormatter, createTranslator, type Messages } from "use-intl/core";
import { localeOf } from "@/lib/auth/request";
import { loadMessages } from "@/lib/i18n/locales";
import { currentScope } from "./request-scope";

/** Stands in for `next-intl/server` under Vitest, with the messages of the language that the request asks for. */

const TIME_ZONE = "UTC";

export const getLocale = async () => localeOf(currentScope().headers);

export const getMessages = async () => loadMessages(await getLocale());

export async function getTranslations(namespace?: string) {
  const [locale, messages] = [await getLocale(), await getMessages()];
  return createTranslator({
    locale,
    messages,
    timeZone: TIME_ZONE,
    ...(namespace && { namespace: namespace as keyof Messages }),
  });
}

export const getFormatter = async () => createFormatter({ locale: await getLocale(), timeZone: TIME_ZONE });
