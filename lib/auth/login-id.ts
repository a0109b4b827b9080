import { domainToASCII } from "node:url";

/**
 * The URL parser behind domainToASCII drops line breaks, decodes percent signs, stops at a slash and takes numbers for
 * IPv4 addresses: it gets to see only labels of letters, marks and digits that are not ASCII already.
 */
function asciiDomain(domain: string): string {
  const needsMapping = /[^\0-\x7f]/.test(domain) && /^[\p{L}\p{M}\p{N}.\u3002-]+$/u.test(domain);
  return (needsMapping && domainToASCII(domain)) || domain.replaceAll("\u3002", ".");
}

/**
 * The one form in which login ids are compared: sign-in, limiter, forgot, directories, unique index, CLI, import.
 * NFKC, trimmed, lower case, and the domain of an e-mail address in its ASCII form (IDNA). Idempotent, never fails; what
 * is not a well-formed login id still has one canonical spelling.
 */
export function canonicalLoginId(typed: string): string {
  // Lower-casing can leave the normal form (U+0130), so it is applied again.
  const folded = typed.normalize("NFKC").toLowerCase().normalize("NFKC").trim();
  const at = folded.lastIndexOf("@");
  if (at < 0) return folded;
  const domain = folded.slice(at + 1);
  return `${folded.slice(0, at)}@${asciiDomain(domain)}`;
}

// Controls, invisible characters, white space and what would turn one address into several.
const UNSAFE = /[\p{C}\p{Z}\s,;:<>()[\]\\"]/u;

/** One local part, one domain with a dot; at most 254 characters (RFC 5321 §4.5.3.1). */
export function isEmailAddress(canonical: string): boolean {
  const [local = "", domain = "", ...more] = canonical.split("@");
  return (
    more.length === 0 &&
    local.length > 0 &&
    local.length <= 64 &&
    canonical.length <= 254 &&
    !UNSAFE.test(canonical) &&
    !/^\.|\.\.|\.$/.test(local) &&
    !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(domain) &&
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(domain)
  );
}

/** Any visible characters without blanks or separators; at most 254. */
export const isUserName = (canonical: string): boolean =>
  canonical.length > 0 && canonical.length <= 254 && !UNSAFE.test(canonical);

/** Whether `typed` may be stored as a login id in the given mode. */
export function isLoginId(typed: string, mode: "email" | "username"): boolean {
  const canonical = canonicalLoginId(typed);
  return mode === "email" ? isEmailAddress(canonical) : isUserName(canonical);
}
