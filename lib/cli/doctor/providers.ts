import { discover, ProviderFault, providerFetch } from "@/lib/auth/oidc/metadata";
import { config } from "@/lib/config/env";
import type { OidcProfile } from "@/lib/config/variables";
import { faultOf } from "./fault";
import { type Finding, ok, warning, wrong } from "./finding";

/** The providers of OIDC_PROFILES: what each tells of itself, its keys, and whether it knows this app. */

async function hasKeys(url: string): Promise<boolean> {
  const response = await providerFetch(url);
  const body = (await response.json().catch(() => undefined)) as { keys?: unknown[] } | undefined;
  return response.status === 200 && Array.isArray(body?.keys) && body.keys.length > 0;
}

/**
 * Asks for tokens with a code that cannot be good: a provider that knows the client complains of the code, and any other of
 * the client (RFC 6749 §5.2).
 */
async function knowsClient(endpoint: string, { name, client }: OidcProfile): Promise<boolean> {
  const encoded = [client.clientId, client.clientSecret].map(encodeURIComponent).join(":");
  const response = await providerFetch(endpoint, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(encoded).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: "gatehouse-doctor",
      code_verifier: "gatehouse-doctor-gatehouse-doctor-gatehouse-doctor",
      redirect_uri: `${config().AUTH_URL}/api/auth/callback/${name}`,
    }),
  });
  const body = (await response.json().catch(() => undefined)) as { error?: string } | undefined;
  return response.status !== 401 && body?.error !== "invalid_client" && body?.error !== "unauthorized_client";
}

async function checkProfile(profile: OidcProfile): Promise<Finding[]> {
  const { name, autoCreate, client, domainFilter } = profile;
  try {
    const metadata = await discover(profile);
    if (!(await hasKeys(metadata.jwks_uri))) return [wrong("oidcNoKeys", { name, url: metadata.jwks_uri })];
    if (!(await knowsClient(metadata.token_endpoint, profile))) return [wrong("oidcClient", { name })];
    return [
      ok("oidcAnswers", { name, issuer: client.issuer }),
      ...(autoCreate && domainFilter.length === 0 ? [warning("oidcOpen", { name })] : []),
    ];
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    const { key, reason } = faultOf(error);
    return [wrong(key === "other" ? "oidcFault" : `faults.${key}`, { name, server: client.issuer, reason })];
  }
}

export const checkProviders = async (): Promise<Finding[]> =>
  (await Promise.all(config().OIDC_PROFILES.map(checkProfile))).flat();
