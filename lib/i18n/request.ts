import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { currentPrincipal } from "@/lib/auth/current";
import { localeCookieName } from "./locale-cookie";
import { isLocale, loadMessages, negotiateLocale } from "./locales";

/** The user's own choice; a database that is out of reach must not take the page's language with it. */
const chosenLocale = () =>
  currentPrincipal().then(
    (principal) => principal?.locale,
    () => undefined,
  );

/** Order: cookie, the user's choice, Accept-Language, English. There is no locale in the URL. */
export default getRequestConfig(async () => {
  const cookie = (await cookies()).get(localeCookieName())?.value;
  const preference = isLocale(cookie) ? cookie : await chosenLocale();
  const locale = negotiateLocale(preference, (await headers()).get("accept-language"));
  return { locale, messages: await loadMessages(locale), timeZone: "UTC" };
});
