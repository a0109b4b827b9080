import { cookies } from "next/headers";
import { signOutHere } from "@/lib/auth/auth";
import { markPublic } from "@/lib/auth/guards";
import { lastWayCookieName } from "@/lib/auth/last-way";
import { providerLogout } from "@/lib/auth/oidc/logout";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { isUnavailable } from "@/lib/db/client";
import { setFlash } from "@/lib/flash";
import { localeCookieName } from "@/lib/i18n/locale-cookie";
import { leavingPage } from "@/lib/middleware/plain-page";
import { nonceIn } from "@/lib/middleware/security-headers";
import { problem } from "@/lib/problem";
import { themeCookieName } from "@/lib/theme";

markPublic("signing out harms nobody");

const OWN_COOKIE = /^(__Host-|__Secure-)?(gatehouse-|authjs\.)/;

/** What belongs to the browser, not to the person who leaves. */
const keptCookies = () => [localeCookieName(), themeCookieName(), lastWayCookieName()];

async function dropOwnCookies(): Promise<void> {
  const jar = await cookies();
  // Browsers ignore a deletion that lacks the attributes which the prefix of the name demands.
  const gone = {
    path: "/",
    maxAge: 0,
    httpOnly: true,
    sameSite: "lax",
    secure: config().isHttps,
  } as const;
  const kept = keptCookies();
  for (const { name } of jar.getAll()) {
    if (OWN_COOKIE.test(name) && !kept.includes(name)) jar.set(name, "", gone);
  }
}

/** `POST /logout` (the middleware leads it here): ends the session and leads to the login page. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return problem(403, "Forbidden");
  let provider: string | undefined;
  try {
    provider = await signOutHere();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return problem(503, "Not logged out: the database does not answer");
  }
  const elsewhere = await providerLogout(provider);
  const headers = new Headers({ "cache-control": "no-store" });
  if (config().LOGOUT_CLEAR_SESSION) {
    await dropOwnCookies();
    // Not "cookies": that would take the message below with it.
    headers.set("clear-site-data", '"cache", "storage"');
  }
  await setFlash({ kind: "status", key: "loggedOut" });
  if (elsewhere) {
    const page = await leavingPage(elsewhere.url, elsewhere.name, request.headers, nonceIn(request.headers));
    for (const [name, value] of page.headers) headers.set(name, value);
    return new Response(page.body, { headers });
  }
  headers.set("location", settings.landing.afterLogout);
  return new Response(null, { status: 303, headers });
}
