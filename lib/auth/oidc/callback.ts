import { cookies } from "next/headers";
import { callbackCookieName, pathOfCallback } from "@/lib/auth/callback-url";
import { currentPrincipal } from "@/lib/auth/current";
import type { Journey } from "@/lib/auth/journey";
import { rememberWay } from "@/lib/auth/last-way";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import type { OidcProfile } from "@/lib/config/variables";
import { isUnavailable } from "@/lib/db/client";
import { Unavailable } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { seeOther } from "@/lib/see-other";
import { dropAgain } from "./again";
import type { IdentityRefusal } from "./identities";
import { dropIntent, intendsToConnect } from "./intent";
import { findProfile, labelOf } from "./profiles";

/** What people see when they come back from a provider: where they wanted to go, or a page that says why not. */

/** Why somebody is not signed in after all; a key below `login.provider.errors` in the messages. */
export type ProviderProblem =
  | IdentityRefusal
  /** They said no at the provider. */
  | "cancelled"
  /** The provider did not answer, or not as it should. */
  | "failed"
  | "unavailable";

const CALLBACK = /^\/api\/auth\/callback\/([a-z0-9-]+)$/;

/** The profile whose provider sends the browser to this address. */
export function profileOfCallback(url: string): OidcProfile | undefined {
  const [, name] = CALLBACK.exec(new URL(url).pathname) ?? [];
  return name === undefined ? undefined : findProfile(name);
}

/** The login page, with the reason and the way on. */
export function problemPath(reason: ProviderProblem, { name }: OidcProfile, next: string): string {
  const query = new URLSearchParams({ error: reason, with: name });
  if (next !== settings.landing.afterLogin) query.set("next", next);
  return `/login?${query}`;
}

/** What Auth.js binds one visit to a provider by; it forgets it by itself only after a sign-in that went well. */
const VISIT_COOKIE = /^(__Secure-|__Host-)?authjs\.(state|nonce|pkce\.code_verifier)$/;

async function forgetVisit(): Promise<void> {
  const jar = await cookies();
  const gone = { path: "/", maxAge: 0, httpOnly: true, sameSite: "lax", secure: config().isHttps } as const;
  for (const { name } of jar.getAll()) if (VISIT_COOKIE.test(name)) jar.set(name, "", gone);
}

async function backToAccount(profile: OidcProfile, { connecting, error, refusal }: Journey): Promise<Response> {
  const isConnected = connecting === true && error === undefined && refusal === undefined;
  const [kind, key] = isConnected
    ? (["status", "identityConnected"] as const)
    : (["alert", "identityNotConnected"] as const);
  await setFlash({ kind, key, params: { name: labelOf(profile) } });
  return seeOther("/account");
}

/** Where the sign-in was to lead. */
const intendedPath = async (): Promise<string> =>
  pathOfCallback((await cookies()).get(callbackCookieName())?.value, settings.landing.afterLogin);

function problemOf({ refusal, error }: Journey, url: string): ProviderProblem {
  if (refusal) return refusal;
  if (isUnavailable(error) || error instanceof Unavailable) return "unavailable";
  return new URL(url).searchParams.get("error") === "access_denied" ? "cancelled" : "failed";
}

/**
 * Ends the journey of a browser that has come back.
 * @param response of Auth.js: good as it is if a session has begun
 */
export async function arrive(
  profile: OidcProfile,
  { url }: Request,
  response: Response,
  journey: Journey,
): Promise<Response> {
  if (journey.signedIn) {
    await rememberWay(profile.name);
    await dropIntent();
    await dropAgain();
    await setFlash({ kind: "status", key: "loginSuccessful" });
    return response;
  }
  await forgetVisit();
  const principal = await currentPrincipal().catch(() => null);
  const isConnecting = journey.connecting ?? (await intendsToConnect(profile.name, principal?.sessionId));
  await dropIntent();
  await dropAgain();
  if (isConnecting) return backToAccount(profile, journey);
  if (principal) {
    // The login page would only lead them on, without a word.
    await setFlash({ kind: "alert", key: "providerFailed", params: { name: labelOf(profile) } });
    return seeOther(await intendedPath());
  }
  return seeOther(problemPath(problemOf(journey, url), profile, await intendedPath()));
}
