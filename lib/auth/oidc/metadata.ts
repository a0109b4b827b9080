import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { isHttpsOrLoopback } from "@/lib/config/encrypted";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import type { OidcProfile } from "@/lib/config/variables";

/**
 * What a provider tells of itself (OpenID Connect Discovery 1.0), and every request to one. Each has a time limit and a
 * size limit: a provider that is slow or broken holds up nobody but those who sign in by it.
 */

/** A provider that did not answer, or not as it should. */
export class ProviderFault extends Error {}

async function readBounded(response: Response): Promise<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > settings.oidc.maxBytes)
      throw new ProviderFault(`an answer of more than ${settings.oidc.maxBytes} bytes`);
    parts.push(part);
  }
  return new Blob(parts as BlobPart[]).arrayBuffer();
}

/** `fetch` within the limits; redirects are not followed, which could lead anywhere. */
export async function providerFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(settings.oidc.timeoutMs);
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const isBodiless = response.status === 204 || response.status === 304;
    return new Response(isBodiless ? null : await readBounded(response), response);
  } catch (error) {
    if (error instanceof ProviderFault) throw error;
    const { cause, message } = error as Error & { cause?: { message?: string } };
    throw new ProviderFault(`${new URL(url).origin}: ${cause?.message || message}`, { cause: error });
  }
}

/** The rule for issuers (lib/config/checks.ts) holds for what they name: outside of production http will do. */
function mayBeAsked(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  const isEncrypted = isHttpsOrLoopback(url) || (protocol === "http:" && !config().isProduction);
  return isEncrypted && username === "" && password === "";
}

const endpoint = z.string().refine(mayBeAsked, "must be https, without a user name");

const metadataSchema = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  userinfo_endpoint: endpoint,
  jwks_uri: endpoint,
  end_session_endpoint: endpoint.optional(),
});

export type ProviderMetadata = z.infer<typeof metadataSchema>;

export const metadataUrl = (issuer: string): string => `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;

async function fetchMetadata({ client: { issuer } }: OidcProfile): Promise<ProviderMetadata> {
  const url = metadataUrl(issuer);
  const response = await providerFetch(url, { headers: { accept: "application/json" } });
  if (response.status !== 200) throw new ProviderFault(`${url} answers ${response.status}`);
  const parsed = metadataSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ProviderFault(`${url} is not the description of a provider: ${issue?.path.join(".")} ${issue?.message}`);
  }
  // Discovery §4.3: another issuer's description must not be taken for this one's. A slash after a path makes another.
  if (new URL(parsed.data.issuer).href !== new URL(issuer).href) {
    throw new ProviderFault(`${url} speaks of another issuer: ${parsed.data.issuer}`);
  }
  return parsed.data;
}

type Known = { metadata: ProviderMetadata; keys: JWTVerifyGetKey };

/** Public facts that each process may ask for by itself; those who want them at the same moment ask once. */
const known = new Map<string, { facts: Promise<Known>; until: number }>();

async function learn(profile: OidcProfile): Promise<Known> {
  const metadata = await fetchMetadata(profile);
  const options = { timeoutDuration: settings.oidc.timeoutMs, [customFetch]: providerFetch };
  return { metadata, keys: createRemoteJWKSet(new URL(metadata.jwks_uri), options) };
}

function provider(profile: OidcProfile): Promise<Known> {
  const { issuer } = profile.client;
  const cached = known.get(issuer);
  if (cached && performance.now() < cached.until) return cached.facts;
  const facts = learn(profile);
  known.set(issuer, { facts, until: performance.now() + settings.oidc.metadataSeconds * 1000 });
  // Nothing is remembered of a provider that does not answer.
  facts.catch(() => known.delete(issuer));
  return facts;
}

/** @throws ProviderFault when the provider does not describe itself as the profile says */
export const discover = async (profile: OidcProfile): Promise<ProviderMetadata> => (await provider(profile)).metadata;

/** The keys by which the provider signs; fetched when they are needed, and again for one that is not known yet. */
export const signingKeys = async (profile: OidcProfile): Promise<JWTVerifyGetKey> => (await provider(profile)).keys;
