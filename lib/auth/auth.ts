import { Auth } from "@auth/core";
import NextAuth, { AuthError } from "next-auth";
import { config } from "@/lib/config/env";
import type { OidcProfile } from "@/lib/config/variables";
import { countRefusedForm } from "./attempts/forms";
import { authConfig, currentCookie, type Refusal, SignInRefused } from "./auth-config";
import { credentialsAuthenticator } from "./authenticators/registry";
import { anonymousContext } from "./guards";
import { problemOf } from "./handler";
import { onJourney } from "./journey";
import { askAgain, dropAgain } from "./oidc/again";
import { arrive, profileOfCallback } from "./oidc/callback";
import { discover, ProviderFault } from "./oidc/metadata";
import { endSession } from "./session";

/** Signing in and out, by Auth.js as auth-config.ts sets it up. */

const auth = NextAuth(() => authConfig());

/**
 * Auth.js on the address that people use, whatever host the request names. Its own wrapper would make `localhost` of other
 * loopback addresses, which no provider knows.
 */
function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  // It would refuse the whole request for an address that is none; where to go is a matter of forms and cookies.
  searchParams.delete("callbackUrl");
  const { method, headers } = request;
  const body = method === "POST" ? { body: request.body, duplex: "half" } : {};
  const ours = new Request(`${config().AUTH_URL}${pathname}?${searchParams}`, {
    method,
    headers,
    ...body,
  } as RequestInit);
  return Auth(ours, authConfig());
}

/**
 * `/api/auth/*`. Programs that sign in here are told by the status what their requests met: 429 with Retry-After after too
 * many failures, 503 where the answer cannot be had. Browsers that come back from a provider are told by a page.
 */
export const handlers = {
  async GET(request: Request): Promise<Response> {
    const { result, journey } = await onJourney(() => handle(request));
    const profile = profileOfCallback(request.url);
    return profile ? arrive(profile, request, result, journey) : result;
  },
  async POST(request: Request): Promise<Response> {
    const { result, journey } = await onJourney(() => handle(request));
    if (journey.error !== undefined) return problemOf(journey.error);
    // Auth.js has refused a sign-in whose form did not come from here, before asking anybody.
    if (/[?&]error=MissingCSRF\b/.test(result.headers.get("location") ?? "")) {
      await countRefusedForm(request.headers, "login");
    }
    return result;
  },
};

/**
 * Signs in with login id and password, and sets the session cookie on success.
 * @throws the fault itself when the answer cannot be had
 */
export async function signInWithCredentials(credentials: {
  loginId: string;
  password: string;
}): Promise<"signed-in" | Refusal> {
  const form = credentialsAuthenticator();
  if (!form) return "invalid";
  try {
    await auth.signIn(form.name, { ...credentials, redirect: false });
    return "signed-in";
  } catch (error) {
    const inner = error instanceof AuthError ? (error.cause?.err ?? error) : error;
    if (inner instanceof SignInRefused) return inner.reason;
    throw inner;
  }
}

/**
 * Sets the cookies with which a browser goes to a provider, for handlers.
 * @param next a path on this site to come back to
 * @param asksAgain whether the provider shall ask for the password even of whom it knows
 * @returns the address there
 * @throws ProviderFault when the provider does not answer as it should
 */
export async function startAtProvider(profile: OidcProfile, next: string, asksAgain: boolean): Promise<string> {
  // First by ourselves: Auth.js would make a redirect to an error page of what is wrong with the provider.
  await discover(profile);
  await (asksAgain ? askAgain(profile.name) : dropAgain());
  const parameters = new URLSearchParams(asksAgain ? { max_age: "0" } : {});
  const url = String(await auth.signIn(profile.name, { redirect: false, redirectTo: next }, parameters));
  if (new URL(url).origin === config().AUTH_URL) throw new ProviderFault(`Auth.js leads to ${url} instead`);
  return url;
}

/**
 * Ends the session of this request and drops its cookie.
 * @returns the way in by which it had begun; undefined if there was none
 * @throws when the database cannot be asked: a session that goes on must not look ended
 */
export async function signOutHere(): Promise<string | undefined> {
  const cookie = await currentCookie();
  // By ourselves: Auth.js swallows what goes wrong in its signOut event.
  const provider = cookie && (await endSession(await anonymousContext(), cookie));
  await auth.signOut({ redirect: false });
  return provider || undefined;
}
