import { canonicalLoginId } from "@/lib/auth/login-id";
import { addressBlock } from "@/lib/auth/request";

/** More than any login has, and short enough for an index. */
const LONGEST = 320;

/** What is longer than this, blanks around it aside, is not worth folding: letters shrink to a few of it at most. */
const LONGEST_TYPED = 4_096;

/**
 * The canonical login id that an attempt is counted for, whether there is such an account or not. Null for what can be
 * nobody's: empty, far too long, or with a NUL, which the database cannot store. What is null here must not be looked up.
 */
export function attemptedLoginId(typed: string): string | null {
  const text = typed.trim();
  if (text.length > LONGEST_TYPED || text.includes("\0")) return null;
  const canonical = canonicalLoginId(text);
  return canonical === "" || canonical.length > LONGEST ? null : canonical;
}

/** What attempts from the client's address are counted by; null where it is unknown. */
export const attemptedFrom = (ip: string | null): string | null => ip && addressBlock(ip);
