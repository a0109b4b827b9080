import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import { discover } from "./metadata";
import { findProfile, labelOf } from "./profiles";

const log = logOf("oidc");

/**
 * Where to send a browser so that the provider ends its session too (OpenID Connect RP-Initiated Logout 1.0).
 * @param provider the way in by which the session had begun
 * @returns undefined where nobody wants that, or the provider offers no such thing or does not answer
 */
export async function providerLogout(provider: string | undefined): Promise<{ url: string; name: string } | undefined> {
  const profile = provider === undefined ? undefined : findProfile(provider);
  if (!profile?.logoutAtProvider) return undefined;
  try {
    const { end_session_endpoint: endpoint } = await discover(profile);
    if (!endpoint) return undefined;
    const url = new URL(endpoint);
    url.searchParams.set("client_id", profile.client.clientId);
    url.searchParams.set("post_logout_redirect_uri", config().AUTH_URL + settings.landing.afterLogout);
    return { url: url.href, name: labelOf(profile) };
  } catch (error) {
    // The session here has ended, which is what counts.
    log.error("no logout at the provider", { provider: profile.name, fault: logLine(error) });
    return undefined;
  }
}
