import { jwtVerify } from "jose";
import { isInDomainOf } from "@/lib/auth/domains";
import { canonicalLoginId, isLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";
import type { OidcProfile } from "@/lib/config/variables";
import { logOf } from "@/lib/log/log";
import { discover, ProviderFault, signingKeys } from "./metadata";

const log = logOf("oidc");

/** What a provider says of somebody, and what of that is believed. */

export type Claims = Record<string, unknown> & { iss: string; sub: string };

/** Signatures that only the provider can make: with a shared secret, or none, anybody could. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Seconds by which the clocks of a provider and of this machine may differ. */
const CLOCK_SKEW = 60;

/** Whether an address is verified is believed only of whoever tells that address: not of another one told elsewhere. */
function addressOf(idToken: Record<string, unknown>, userInfo: Record<string, unknown>) {
  if (userInfo.email === undefined) return { email_verified: idToken.email_verified };
  const isSame = userInfo.email === idToken.email;
  return { email_verified: userInfo.email_verified ?? (isSame ? idToken.email_verified : undefined) };
}

/** Whether somebody has signed in at the provider since it was asked for that by `max_age` (Core §3.1.2.1). */
const isSignedInSince = (authTime: unknown, since: number) =>
  typeof authTime === "number" && authTime >= since - CLOCK_SKEW;

/**
 * The claims of an ID token, whose signature Auth.js leaves unchecked, together with those of the userinfo endpoint.
 * @param userInfo as Auth.js has it, which has compared its subject with the token's
 * @param since when people must have signed in there, in seconds of the epoch; undefined where any sign-in will do
 * @throws ProviderFault unless the provider has signed the token for this app (OpenID Connect Core §3.1.3.7)
 */
export async function verifiedClaims(
  profile: OidcProfile,
  idToken: string | undefined,
  userInfo: Record<string, unknown>,
  since?: number,
): Promise<Claims> {
  const { issuer } = await discover(profile);
  const keys = await signingKeys(profile);
  const { clientId } = profile.client;
  const { payload } = await jwtVerify(idToken ?? "", keys, {
    issuer,
    audience: clientId,
    algorithms: ALGORITHMS,
    requiredClaims: ["sub", "exp", "iat"],
    clockTolerance: CLOCK_SKEW,
  }).catch((error: Error) => {
    throw new ProviderFault(`the ID token is refused: ${error.message}`);
  });
  const isForOthersToo = Array.isArray(payload.aud) && payload.aud.length > 1;
  if ((isForOthersToo || payload.azp !== undefined) && payload.azp !== clientId) {
    throw new ProviderFault("the ID token was issued to another client (azp)");
  }
  if (since !== undefined && profile.tellsAuthTime && !isSignedInSince(payload.auth_time, since)) {
    throw new ProviderFault("nobody has signed in there again (auth_time)");
  }
  if (userInfo.sub !== payload.sub) throw new ProviderFault("the userinfo endpoint speaks of somebody else");
  return { ...payload, ...userInfo, ...addressOf(payload, userInfo), iss: issuer, sub: String(payload.sub) };
}

/** The login id that the provider gives somebody. */
export type ClaimedLogin = {
  /** In its canonical form. */
  loginId: string;
  /** Whether the provider answers for it: a verified address, or one of a domain that the profile is for. */
  isVouchedFor: boolean;
};

const isTrue = (claim: unknown) => claim === true || claim === "true";

/**
 * @returns undefined where `idField` is missing, is no login id, or is an address that the provider has not verified
 */
export function claimedLogin(profile: OidcProfile, claims: Claims): ClaimedLogin | undefined {
  const { LOGIN_ID } = config();
  const { idField } = profile;
  const value = claims[idField];
  if (typeof value !== "string" || !isLoginId(value, LOGIN_ID)) return undefined;
  const loginId = canonicalLoginId(value);
  const email = typeof claims.email === "string" ? canonicalLoginId(claims.email) : undefined;
  const isVerifiedAddress = email === loginId && isTrue(claims.email_verified);
  if (idField === "email" && !isVerifiedAddress) return undefined;
  // Any other claim is one that the operator has chosen: good for user names, and for addresses of the profile's domains.
  return { loginId, isVouchedFor: isVerifiedAddress || LOGIN_ID === "username" || isInDomainOf(profile, loginId) };
}

const listed = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim : [claim]).filter((value): value is string => typeof value === "string");

/** More groups than fit into a token are only hinted at, as Microsoft Entra ID does: then nothing is known of them. */
const isLeftOut = (claims: Claims, claim: string) => Object.hasOwn(Object(claims._claim_names), claim);

/**
 * The groups here that the provider puts somebody in.
 * @returns undefined where it has no say in that
 */
export function mappedGroups({ name, groupsClaim, groupMap }: OidcProfile, claims: Claims): string[] | undefined {
  if (groupsClaim === undefined) return undefined;
  if (isLeftOut(claims, groupsClaim)) {
    const left = { provider: name, claim: groupsClaim };
    log.warn("a claim was left out, for having too many values: groups stay as they are", left);
    return undefined;
  }
  return [
    ...new Set(
      listed(claims[groupsClaim]).flatMap((value) => (Object.hasOwn(groupMap, value) && groupMap[value]) || []),
    ),
  ];
}
