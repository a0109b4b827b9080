import { DN, Filter } from "ldapts";
import { canonicalLoginId } from "@/lib/auth/login-id";

/** Login ids in the directory's own languages: distinguished names (RFC 4514) and search filters (RFC 4515). */

const PLACE = "{}";

/** What Active Directory takes in place of a distinguished name has no way to escape anything. */
const PLAIN_NAME = /^[^\p{C}\s,;:=+<>#"'\\/()*|&!]+$/u;

const escapedForDn = (value: string) => new DN({ v: value }).toString().slice("v=".length);

/**
 * The name to bind with.
 * @param format LDAP_DN_FORMAT: a distinguished name, or a form such as `{}@corp.example.com` that has no attributes
 * @returns undefined for a login id that such a form cannot hold
 */
export function bindName(format: string, loginId: string): string | undefined {
  if (format.includes("=")) return format.replaceAll(PLACE, () => escapedForDn(loginId));
  return PLAIN_NAME.test(loginId) ? format.replaceAll(PLACE, () => loginId) : undefined;
}

/** Whether a bind name says where the entry is. */
export const isDistinguishedName = (format: string): boolean => format.includes("=");

/** LDAP_SEARCH_FILTER for one login id. */
export const searchFilter = (filter: string, loginId: string): string =>
  filter.replaceAll(PLACE, () => Filter.escape(loginId));

/** An attribute of the entry, and what it says of the login id: `mail={}@example.com` and the like. */
export type NamingAttribute = { attribute: string; pattern: string };

const namingIn = (text: string, expression: RegExp): NamingAttribute[] =>
  [...text.matchAll(expression)].flatMap(([, attribute, pattern]) =>
    attribute && pattern?.includes(PLACE) ? [{ attribute: attribute.toLowerCase(), pattern }] : [],
  );

/** The attributes by which a filter finds somebody. */
export const namingInFilter = (filter: string): NamingAttribute[] =>
  namingIn(filter, /\(\s*([a-z][a-z0-9;.-]*)\s*=([^()]*)\)/gi);

/** The attributes by which a distinguished name does. */
export const namingInDn = (format: string): NamingAttribute[] =>
  namingIn(format, /(?:^|[,+])\s*([a-z][a-z0-9;.-]*)\s*=([^,+]*)/gi);

/**
 * Whether an entry is called as the person has typed, by the rules of this app and not by those of the directory, which
 * may take "jose" for "josé": otherwise one person could come in under the login id of another.
 * @param valuesOf the entry's values of an attribute
 * @returns "unknown" where none of the attributes can be read
 */
export function isCalled(
  naming: readonly NamingAttribute[],
  loginId: string,
  valuesOf: (attribute: string) => string[],
): boolean | "unknown" {
  const known = naming.filter(({ attribute }) => valuesOf(attribute).length > 0);
  if (known.length === 0) return naming.length === 0 || "unknown";
  return known.some(({ attribute, pattern }) => {
    const wanted = canonicalLoginId(pattern.replaceAll(PLACE, () => loginId));
    return valuesOf(attribute).some((value) => canonicalLoginId(value) === wanted);
  });
}
