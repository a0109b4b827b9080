import { config } from "@/lib/config/env";
import type { OidcProfile } from "@/lib/config/variables";
import { canonicalLoginId } from "./login-id";

/** Which ways in are open to a login id. Login ids come in their canonical form; so do domains before they are compared. */

/** The domain of an address; undefined for user names. */
const domainOf = (canonical: string): string | undefined =>
  canonical.includes("@") ? canonical.slice(canonical.lastIndexOf("@") + 1) : undefined;

/** As people write domains: in any case, with an @ in front or the dot of the root at the end. */
const canonicalDomain = (written: string) =>
  domainOf(canonicalLoginId(`@${written.trim().replace(/^@/, "")}`))?.replace(/\.$/, "");

/** Whether the domain of this login id is one of those that the profile is for. */
export function isInDomainOf({ domainFilter }: Pick<OidcProfile, "domainFilter">, loginId: string): boolean {
  const domain = domainOf(loginId);
  return domain !== undefined && domainFilter.some((written) => canonicalDomain(written) === domain);
}

/** The profiles that claim the domain of this login id. */
const claimants = (loginId: string) => config().OIDC_PROFILES.filter((profile) => isInDomainOf(profile, loginId));

/** Whether an OIDC profile claims the domain of this login id, so that its people come in by that profile only. */
export const isReservedLoginId = (loginId: string): boolean => claimants(loginId).length > 0;

/** Whether whoever has this login id may come in by the profile: no other one claims the domain. */
export function mayComeBy(profile: OidcProfile, loginId: string): boolean {
  const all = claimants(loginId);
  return all.length === 0 || all.some(({ name }) => name === profile.name);
}

/** Whether the app keeps passwords at all; a directory and a redirect leave nothing to set here. */
export const keepsPasswords = (): boolean => config().LOGIN_AUTHENTICATOR === "password";

/**
 * Whether this login id signs in with a password that is kept here. For others no link to set one is mailed or accepted,
 * and they change none.
 */
export const hasPasswordHere = (loginId: string): boolean => keepsPasswords() && !isReservedLoginId(loginId);

/** Whether the domain of a login id is bound to a profile, and the other one is elsewhere. */
export function leavesClaimedDomain(from: string, to: string): boolean {
  return isReservedLoginId(from) && domainOf(from) !== domainOf(to);
}
