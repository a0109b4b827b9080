import type { Metadata } from "next";
import { cookies } from "next/headers";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { settings } from "@/lib/config/settings";
import { THEME_COOKIE, themeOf } from "@/lib/theme";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: settings.siteName, template: `%s · ${settings.siteName}` },
  robots: { index: false },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  // Only what the error page needs; pages with more client texts bring their own (components/layout/client-texts.tsx).
  const { app } = await getMessages();
  return (
    <html lang={await getLocale()} data-theme={theme}>
      <body>
        <NextIntlClientProvider messages={{ app }}>{children}</NextIntlClientProvider>
      </body>
    </html>
  );
}
