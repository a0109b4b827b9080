import { randomUUID } from "node:crypto";
import type { Client, Entry } from "ldapts";
import { AndFilter, EqualityFilter, OrFilter, PresenceFilter } from "ldapts";
import { config } from "@/lib/config/env";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import {
  bindName,
  isCalled,
  isDistinguishedName,
  type NamingAttribute,
  namingInDn,
  namingInFilter,
  searchFilter,
} from "./names";
import { DirectoryMisconfigured, isRefusal, resultCode } from "./servers";

const log = logOf("ldap");

/** What a directory is asked at a sign-in: who somebody is, whether the password is theirs, and which groups they are in. */

export type DirectoryPerson = {
  /** Those of the configured group names (keys of LDAP_GROUP_MAP) that they are in. */
  groups: string[];
};

const NO_SUCH_OBJECT = 32;

/** The entry of a person, as far as it may be read. */
type Found = { dn: string; entry: Entry | undefined };

const valuesOf = (entry: Entry | undefined) => {
  const byName = new Map(Object.entries(entry ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return (attribute: string): string[] => [byName.get(attribute.toLowerCase()) ?? []].flat().map(String);
};

/** Whether the entry is that of the login id; where nobody can tell, nobody comes in. */
function isEntryOf(entry: Entry, naming: readonly NamingAttribute[], loginId: string): boolean {
  const called = isCalled(naming, loginId, valuesOf(entry));
  if (called !== "unknown") return called;
  const names = naming.map(({ attribute }) => attribute).join(", ");
  throw new DirectoryMisconfigured(`the entries that are found do not show ${names}: make it readable`);
}

const attributesFor = (naming: readonly NamingAttribute[]) => [
  ...new Set([...naming.map(({ attribute }) => attribute), "uid", "memberOf"]),
];

/** @returns false if the password is not theirs */
async function binds(client: Client, name: string, password: string): Promise<boolean> {
  try {
    await client.bind(name, password);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** @throws DirectoryMisconfigured if the service account is refused */
export async function bindAsService(client: Client): Promise<void> {
  const { LDAP_BIND_DN, LDAP_BIND_PASSWORD } = config();
  if (!LDAP_BIND_DN) return;
  try {
    await client.bind(LDAP_BIND_DN, LDAP_BIND_PASSWORD ?? "");
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new DirectoryMisconfigured(`LDAP_BIND_DN and LDAP_BIND_PASSWORD were refused (${logLine(error)})`);
  }
}

/**
 * Finds the entry of a login id below LDAP_SEARCH_BASE.
 * @returns undefined if there is none, or more than one
 */
async function search(client: Client, loginId: string): Promise<Found | undefined> {
  const { LDAP_SEARCH_BASE = "", LDAP_SEARCH_FILTER } = config();
  const naming = namingInFilter(LDAP_SEARCH_FILTER);
  const { searchEntries } = await client
    .search(LDAP_SEARCH_BASE, {
      scope: "sub",
      filter: searchFilter(LDAP_SEARCH_FILTER, loginId),
      attributes: attributesFor(naming),
      sizeLimit: 2,
    })
    .catch((error: unknown) => {
      if (resultCode(error) !== NO_SUCH_OBJECT && !isRefusal(error)) throw error;
      throw new DirectoryMisconfigured(`LDAP_SEARCH_BASE cannot be searched (${logLine(error)})`);
    });
  const [entry, another] = searchEntries;
  if (another) {
    log.error("LDAP_SEARCH_FILTER finds more than one entry for a login: nobody is signed in by it.");
    return undefined;
  }
  if (!entry || !isEntryOf(entry, naming, loginId)) return undefined;
  return { dn: entry.dn, entry };
}

/** The entry at a distinguished name, read by whoever is bound. */
async function entryAt(client: Client, dn: string, naming: readonly NamingAttribute[]): Promise<Entry | undefined> {
  try {
    const { searchEntries } = await client.search(dn, { scope: "base", attributes: attributesFor(naming) });
    return searchEntries[0];
  } catch (error) {
    // People who may not read their own entry can still sign in.
    if (resultCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Bind by DN format: the password decides at once, and the entry is read afterwards with their own rights. */
async function byFormat(client: Client, format: string, loginId: string, password: string): Promise<Found | undefined> {
  const name = bindName(format, loginId);
  if (name === undefined || !(await binds(client, name, password))) return undefined;
  if (!isDistinguishedName(format)) {
    // Active Directory's own names say nothing of where the entry is. What the filter finds may be somebody else's, who is
    // called like that in another attribute: the password has to be theirs too.
    const found = await search(client, loginId);
    return found && (await binds(client, found.dn, password)) ? found : undefined;
  }
  const naming = namingInDn(format);
  const entry = await entryAt(client, name, naming);
  if (entry && !isEntryOf(entry, naming, loginId)) return undefined;
  return { dn: entry?.dn ?? name, entry };
}

/** Search, then bind as what was found. */
async function bySearch(client: Client, loginId: string, password: string): Promise<Found | undefined> {
  await bindAsService(client);
  const found = await search(client, loginId);
  // The same work for login ids that nobody has.
  const name = found?.dn ?? `cn=${randomUUID()},${config().LDAP_SEARCH_BASE}`;
  if (!(await binds(client, name, password)) || !found) return undefined;
  await bindAsService(client);
  return found;
}

/** Whether the group's own entry names the person: by distinguished name, or by user name as POSIX groups do. */
function hasMember({ dn, entry }: Found, loginId: string): OrFilter {
  const userNames = [...new Set([loginId, ...valuesOf(entry)("uid")])];
  return new OrFilter({
    filters: [
      new EqualityFilter({ attribute: "member", value: dn }),
      new EqualityFilter({ attribute: "uniqueMember", value: dn }),
      ...userNames.map((value) => new EqualityFilter({ attribute: "memberUid", value })),
    ],
  });
}

/** Blanks around its signs and the case of letters do not matter in a distinguished name, as far as these are compared. */
const plainDn = (dn: string) => dn.toLowerCase().replace(/\s*([,=+])\s*/g, "$1");

async function isMember(client: Client, group: string, found: Found, loginId: string): Promise<boolean> {
  if (valuesOf(found.entry)("memberOf").map(plainDn).includes(plainDn(group))) return true;
  const filter = new AndFilter({
    filters: [new PresenceFilter({ attribute: "objectClass" }), hasMember(found, loginId)],
  });
  try {
    const { searchEntries } = await client.search(group, { scope: "base", filter, attributes: ["1.1"], sizeLimit: 1 });
    return searchEntries.length > 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.error("a group of LDAP_GROUP_MAP cannot be read", { group, fault: logLine(error) });
    return false;
  }
}

async function groupsOf(client: Client, found: Found, loginId: string): Promise<string[]> {
  const groups = Object.keys(config().LDAP_GROUP_MAP);
  const isIn = await Promise.all(groups.map((group) => isMember(client, group, found, loginId)));
  return groups.filter((_, index) => isIn[index]);
}

/**
 * Whether the directory knows somebody by this login id and password.
 * @param loginId in its canonical form
 * @param password never empty: an empty one would be an anonymous bind, which succeeds (RFC 4513 §5.1.2)
 * @returns null if not
 */
export async function findPerson(client: Client, loginId: string, password: string): Promise<DirectoryPerson | null> {
  if (password === "") return null;
  const { LDAP_DN_FORMAT } = config();
  const found = LDAP_DN_FORMAT
    ? await byFormat(client, LDAP_DN_FORMAT, loginId, password)
    : await bySearch(client, loginId, password);
  return found ? { groups: await groupsOf(client, found, loginId) } : null;
}
