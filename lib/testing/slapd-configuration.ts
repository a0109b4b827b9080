import { existsSync } from "node:fs";
import type { TestCertificates } from "./certificates";

export const BASE = "dc=example,dc=test";

/** May do everything in the test directory. */
export const ADMIN = { dn: `cn=admin,${BASE}`, password: "the administrator of the directory" };

/** May read everything but passwords; for LDAP_BIND_DN. */
export const SERVICE = { dn: `cn=reader,${BASE}`, password: "the reader of the directory" };

/** Organisational units, by who may read what is in them; anybody, unless said otherwise. */
export const UNITS = [
  "people",
  "groups",
  /** The account of the app only. */
  "internal",
  /** Anybody, but for what the entries are called. */
  "hidden",
  /** Nobody, not even the owners of the entries. */
  "closed",
] as const;

const SCHEMAS = ["/etc/ldap/schema", "/etc/openldap/schema", "/usr/local/etc/openldap/schema"];
const MODULES = ["/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap", "/usr/local/libexec/openldap"];

const firstOf = (folders: string[], what: string): string => {
  const found = folders.find((folder) => existsSync(folder));
  if (!found) throw new Error(`slapd is here, but not its ${what}: looked for ${folders.join(", ")}.`);
  return found;
};

export type Unit = (typeof UNITS)[number];

const inUnit = (unit: Unit) => `dn.subtree="ou=${unit},${BASE}"`;

/** What slapd.conf says, for a server that keeps its data in `folder`. */
export function configurationIn(folder: string, { caFile, certificateFile, keyFile }: TestCertificates): string {
  const schemas = firstOf(SCHEMAS, "schema");
  return [
    ...["core", "cosine", "inetorgperson", "nis"].map((name) => `include ${schemas}/${name}.schema`),
    `modulepath ${firstOf(MODULES, "modules")}`,
    "moduleload back_mdb",
    "moduleload memberof",
    `pidfile ${folder}/slapd.pid`,
    `argsfile ${folder}/slapd.args`,
    `TLSCACertificateFile ${caFile}`,
    `TLSCertificateFile ${certificateFile}`,
    `TLSCertificateKeyFile ${keyFile}`,
    "idletimeout 0",
    "access to attrs=userPassword by anonymous auth by * none",
    `access to ${inUnit("internal")} by dn.exact="${SERVICE.dn}" read by * auth`,
    `access to ${inUnit("hidden")} attrs=uid,mail by * search`,
    `access to ${inUnit("closed")} by anonymous auth by * none`,
    "access to * by * read",
    "database mdb",
    `suffix "${BASE}"`,
    `rootdn "${ADMIN.dn}"`,
    `rootpw "${ADMIN.password}"`,
    `directory ${folder}/db`,
    "dbnosync",
    "overlay memberof",
    // Counts what the server is asked for.
    "database monitor",
    "",
  ].join("\n");
}
