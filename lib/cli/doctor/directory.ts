import type { Client } from "ldapts";
import { onServer } from "@/lib/auth/ldap/connection";
import { bindAsService } from "@/lib/auth/ldap/directory";
import { DirectoryMisconfigured, resultCode } from "@/lib/auth/ldap/servers";
import { isLoopback } from "@/lib/config/encrypted";
import { config } from "@/lib/config/env";
import { faultOf } from "./fault";
import { type Finding, ok, warning, wrong } from "./finding";

/** The servers of LDAP_SERVER_URL, each by itself: reached, encrypted, and showing what sign-ins need to see. */

/** Whether the server shows an entry to whoever is bound. */
async function shows(client: Client, dn: string): Promise<boolean> {
  try {
    const { searchEntries } = await client.search(dn, { scope: "base", attributes: ["1.1"] });
    return searchEntries.length > 0;
  } catch (error) {
    if (resultCode(error) === undefined) throw error;
    return false;
  }
}

/** Any answer will do, also a refusal: the connection stands, encrypted where that is asked for. */
async function greet(client: Client): Promise<void> {
  await client.search("", { scope: "base", attributes: ["1.1"] }).catch((error: unknown) => {
    if (resultCode(error) === undefined) throw error;
  });
}

async function look(client: Client, url: string): Promise<Finding[]> {
  const { LDAP_BIND_DN, LDAP_GROUP_MAP, LDAP_SEARCH_BASE, LDAP_START_TLS } = config();
  await greet(client);
  await bindAsService(client);
  const found: Finding[] = [ok("ldapAnswers", { url })];
  if (!LDAP_START_TLS && url.startsWith("ldap:") && !isLoopback(url)) found.push(warning("ldapInClear", { url }));
  // Without an account of its own nobody can say what people will see once they have signed in.
  if (!LDAP_BIND_DN) return found;
  if (LDAP_SEARCH_BASE && !(await shows(client, LDAP_SEARCH_BASE))) {
    found.push(wrong("ldapNoBase", { url, dn: LDAP_SEARCH_BASE }));
  }
  for (const dn of Object.keys(LDAP_GROUP_MAP)) {
    if (!(await shows(client, dn))) found.push(wrong("ldapNoGroup", { url, dn }));
  }
  return found;
}

async function checkServer(url: string): Promise<Finding[]> {
  try {
    return await onServer(url, config().LDAP_TIMEOUT_MS, (client) => look(client, url));
  } catch (error) {
    if (error instanceof DirectoryMisconfigured) return [wrong("ldapServiceRefused", { url, reason: error.message })];
    const { key, reason } = faultOf(error);
    return [wrong(`faults.${key}`, { server: url, reason })];
  }
}

export async function checkDirectory(): Promise<Finding[]> {
  const { LDAP_SERVER_URL, LDAP_TEST_MODE, LOGIN_AUTHENTICATOR } = config();
  if (LOGIN_AUTHENTICATOR !== "ldap") return [];
  if (LDAP_TEST_MODE) return [warning("ldapTestMode")];
  return (await Promise.all(LDAP_SERVER_URL.map(checkServer))).flat();
}
