import { findPerson } from "@/lib/auth/ldap/directory";
import { firstThatAnswers } from "@/lib/auth/ldap/servers";
import { isLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";
import { logOf } from "@/lib/log/log";
import type { Credentials, CredentialsAuthenticator, Proof } from "./authenticator";

const log = logOf("ldap");

/** The groups here for groups of the directory; none says nothing, where no map is configured. */
function mapped(groups: readonly string[]): Pick<Proof, "groups"> {
  const { LDAP_GROUP_MAP: map } = config();
  if (Object.keys(map).length === 0) return {};
  return { groups: [...new Set(groups.flatMap((group) => map[group] ?? []))] };
}

function mayCreate(loginId: string): boolean {
  const { LDAP_AUTO_CREATE, LOGIN_ID } = config();
  if (!LDAP_AUTO_CREATE || isLoginId(loginId, LOGIN_ID)) return LDAP_AUTO_CREATE;
  log.error(`no account can be created for a login that does not fit LOGIN_ID=${LOGIN_ID}`);
  return false;
}

/** Login id and password against a directory. */
export const ldapAuthenticator: CredentialsAuthenticator = {
  kind: "credentials",
  name: "ldap",
  async verify({ loginId, password }: Credentials) {
    const person = config().LDAP_TEST_MODE
      ? { groups: [] }
      : await firstThatAnswers((client) => findPerson(client, loginId, password));
    return person && { vouches: true, createsAccount: mayCreate(loginId), ...mapped(person.groups) };
  },
};
