import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import type { Messages } from "@/lib/i18n/locales";

/** Hands the named parts of the messages to the client components inside. */
export async function ClientTexts({ parts, children }: { parts: (keyof Messages)[]; children: ReactNode }) {
  const messages = await getMessages();
  const chosen = Object.fromEntries(parts.map((part) => [part, messages[part]]));
  return <NextIntlClientProvider messages={chosen}>{children}</NextIntlClientProvider>;
}
