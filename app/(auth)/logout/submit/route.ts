import { cookies } from "next/headers";
import { signOutHere } from "@/lib/auth/auth";
import { markPublic } from "@/lib/auth/guards";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { setFlash } from "@/lib/flash";
import { LOCALE_COOKIE } from "@/lib/i18n/locales";
import { problem } from "@/lib/problem";
import { THEME_COOKIE } from "@/lib/theme";

markPublic("signing out harms nobody");

/** Language and theme belong to the browser, not to the person who leaves. */
const KEPT_COOKIES = [LOCALE_COOKIE, THEME_COOKIE];

/** `POST /logout` (next.config.ts leads it here): ends the session and leads to the login page. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return problem(403, "Forbidden");
  await signOutHere();
  const headers = new Headers({ location: settings.landing.afterLogout, "cache-control": "no-store" });
  if (config().LOGOUT_CLEAR_SESSION) {
    const jar = await cookies();
    for (const { name } of jar.getAll()) if (!KEPT_COOKIES.includes(name)) jar.delete(name);
    // Not "cookies": that would take the message below with it.
    headers.set("clear-site-data", '"cache", "storage"');
  }
  await setFlash({ kind: "status", key: "loggedOut" });
  return new Response(null, { status: 303, headers });
}
