import { startAtProvider } from "@/lib/auth/auth";
import { currentPrincipal } from "@/lib/auth/current";
import { contextOf, markPublic } from "@/lib/auth/guards";
import { problemPath } from "@/lib/auth/oidc/callback";
import { dropIntent, intendToConnect } from "@/lib/auth/oidc/intent";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";
import { signedInRecently, signInAgainPath } from "@/lib/auth/recent";
import { isLoginTarget, loginPath, safePath, withNext } from "@/lib/auth/redirects";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { settings } from "@/lib/config/settings";
import type { OidcProfile } from "@/lib/config/variables";
import { isUnavailable } from "@/lib/db/client";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import { leavingPage, plainPage } from "@/lib/middleware/plain-page";
import { nonceIn } from "@/lib/middleware/security-headers";
import { problem } from "@/lib/problem";
import { seeOther } from "@/lib/see-other";

markPublic("this is where people sign in");

const log = logOf("oidc");

type Route = { params: Promise<{ profile: string }> };

/** A browser with a window, as opposed to a program. */
const isNavigation = ({ headers }: Request) => headers.get("sec-fetch-dest") === "document";

async function start(profile: OidcProfile, request: Request, next: string, asksAgain = false): Promise<Response> {
  try {
    const url = await startAtProvider(profile, next, asksAgain);
    const { headers } = request;
    return isNavigation(request) ? leavingPage(url, labelOf(profile), headers, nonceIn(headers)) : seeOther(url);
  } catch (error) {
    log.error("nobody can be led to the provider", { provider: profile.name, fault: logLine(error) });
    return seeOther(problemPath("failed", profile, next));
  }
}

const notFound = ({ headers }: Request) => plainPage("notFound", 404, headers, nonceIn(headers));

const nextOf = (raw: unknown) => safePath(raw, settings.landing.afterLogin);

/** To connect what is at the provider with the account of the session, which has to be a fresh one (ASVS 7.5.1). */
async function startConnecting(profile: OidcProfile, request: Request): Promise<Response> {
  const principal = await currentPrincipal();
  if (!principal?.sessionId) return seeOther(loginPath("/account"));
  if (!(await signedInRecently(await contextOf(principal)))) return seeOther(signInAgainPath("/account"));
  await intendToConnect(profile.name, principal.sessionId);
  return start(profile, request, "/account");
}

/** `POST /login/<profile>` (the middleware leads it here): goes to the provider. */
export async function POST(request: Request, { params }: Route): Promise<Response> {
  if (!isSameOrigin(request)) return problem(403, "Forbidden");
  const profile = findProfile((await params).profile);
  if (!profile) return notFound(request);
  const form = await request.formData().catch(() => new FormData());
  try {
    if (form.get("connect") !== null) return await startConnecting(profile, request);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return plainPage("unavailable", 503, request.headers, nonceIn(request.headers));
  }
  // Whoever signs in does not connect, also if they once began to.
  await dropIntent();
  return start(profile, request, nextOf(form.get("next")), form.get("again") !== null);
}

/** For those whom /login has led on. */
export async function GET(request: Request, { params }: Route): Promise<Response> {
  const profile = findProfile((await params).profile);
  if (!profile) return notFound(request);
  const page = `/login/${profile.name}`;
  const next = nextOf(new URL(request.url).searchParams.get("next"));
  await dropIntent();
  return isLoginTarget(page)
    ? start(profile, request, next)
    : seeOther(withNext(page, next, settings.landing.afterLogin));
}
