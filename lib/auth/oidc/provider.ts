import { customFetch } from "next-auth";
import type { OIDCConfig } from "next-auth/providers";
import type { OidcProfile } from "@/lib/config/variables";
import { discover, metadataUrl, providerFetch } from "./metadata";

/** A profile as Auth.js wants it, which runs the authorization code flow: state, nonce and PKCE, bound to the profile. */
export function providerOf(profile: OidcProfile): OIDCConfig<Record<string, unknown>> {
  const { name, client } = profile;
  return {
    id: name,
    name,
    type: "oidc",
    issuer: client.issuer,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    authorization: { params: { scope: client.scope } },
    checks: ["pkce", "state", "nonce"],
    // Many providers keep the address out of the ID token: it is asked of the userinfo endpoint.
    idToken: false,
    profile: ({ sub }) => ({ id: String(sub) }),
    options: {
      // Symbols are taken from here only.
      [customFetch]: async (input: URL | RequestInfo, init?: RequestInit) =>
        String(input) === metadataUrl(client.issuer)
          ? Response.json(await discover(profile))
          : providerFetch(String(input), init),
    } as object,
  };
}
