"use server";

import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { currentPrincipal } from "@/lib/auth/current";
import { contextOf, markPublic } from "@/lib/auth/guards";
import { safePath } from "@/lib/auth/redirects";
import { HEADER } from "@/lib/auth/request";
import { config } from "@/lib/config/env";
import { text } from "@/lib/crud/form-data";
import { localeCookieName } from "@/lib/i18n/locale-cookie";
import { isLocale } from "@/lib/i18n/locales";
import { themeCookieName, themeOf } from "@/lib/theme";
import { setLocale } from "@/lib/users/service";

markPublic("language and theme belong to the browser, signed in or not");

const ONE_YEAR = 365 * 24 * 3600;

/** Stores a language or a theme in the browser, and the language with the user who is signed in. */
export async function setPreference(form: FormData): Promise<void> {
  const jar = await cookies();
  const options = {
    path: "/",
    maxAge: ONE_YEAR,
    sameSite: "lax",
    secure: config().isHttps,
  } as const;
  const [locale, theme] = [text(form, "locale"), text(form, "theme")];
  if (theme) jar.set(themeCookieName(), themeOf(theme), options);
  if (isLocale(locale)) {
    jar.set(localeCookieName(), locale, options);
    const principal = await currentPrincipal();
    if (principal) await setLocale(await contextOf(principal), principal.userId, locale);
  }
  // With scripts the page refreshes in place and keeps what was typed; without, the post must not stay in the history.
  const sent = await headers();
  if (!sent.has("next-action")) redirect(safePath(sent.get(HEADER.location), "/"));
}
