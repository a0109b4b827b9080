import { canonicalLoginId } from "@/lib/auth/login-id";
import { addressBlock } from "@/lib/auth/request";

/** More than any login has, and short enough for an index. */
const LONGEST = 320;

/**
 * The canonical login id that an attempt is counted for, whether there is such an account or not. Null for what can be
 * nobody's: empty, far too long, or with a NUL, which the database cannot store.
 */
export function attemptedLoginId(typed: string): string | null {
  if (typed.length > LONGEST || typed.includes("\0")) return null;
  const canonical = canonicalLoginId(typed);
  return canonical === "" || canonical.length > LONGEST ? null : canonical;
}

/** What attempts from the client's address are counted by; null where it is unknown. */
export const attemptedFrom = (ip: string | null): string | null => ip && addressBlock(ip);
