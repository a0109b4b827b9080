import { config } from "@/lib/config/env";
import { canonicalLoginId } from "./login-id";

const domainOf = (canonical: string) => canonical.slice(canonical.lastIndexOf("@") + 1);

/**
 * Whether an OIDC profile claims the domain of this login id: its people have no password here, so no link to set one is
 * mailed or accepted. Both sides are compared in their canonical form.
 */
export function isReservedLoginId(canonical: string): boolean {
  if (!canonical.includes("@")) return false;
  const claimed = config().OIDC_PROFILES.flatMap(({ domainFilter }) => domainFilter);
  return claimed.some((domain) => domainOf(canonicalLoginId(`@${domain}`)) === domainOf(canonical));
}
