import type { Metadata } from "next";
import { cookies } from "next/headers";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ErrorTextsProvider } from "@/components/layout/error-texts";
import { settings } from "@/lib/config/settings";
import { themeCookieName, themeOf } from "@/lib/theme";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: settings.siteName, template: `%s · ${settings.siteName}` },
  robots: { index: false },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(themeCookieName())?.value);
  const t = await getTranslations("app");
  const errorTexts = { title: t("loadingFailed"), text: t("loadingFailedText"), retry: t("retry") };
  return (
    <html lang={await getLocale()} data-theme={theme}>
      <body>
        <ErrorTextsProvider texts={errorTexts}>{children}</ErrorTextsProvider>
      </body>
    </html>
  );
}
