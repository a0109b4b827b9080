import { Attribute, Change, Client } from "ldapts";
import type { TestCertificates } from "./certificates";
import { ADMIN, BASE, SERVICE, UNITS, type Unit } from "./slapd-configuration";
import { startSlapd } from "./slapd-process";

/** A directory with people and groups of a test's own, on a real server (OpenLDAP). */

const membersIn = { groupOfNames: "member", groupOfUniqueNames: "uniqueMember", posixGroup: "memberUid" } as const;

export type GroupKind = keyof typeof membersIn;

type NewPerson = {
  uid?: string;
  mail?: string;
  password: string;
  /** The organisational unit; `people` unless said otherwise. */
  unit?: Unit;
  more?: Record<string, string | string[]>;
};

export type Directory = {
  /** ldap:// by address; StartTLS is offered. */
  url: string;
  /** ldaps:// by name. */
  tlsUrl: string;
  port: number;
  base: string;
  peopleBase: string;
  service: typeof SERVICE;
  certificates: TestCertificates;
  caFile: string;
  /** An authority that has signed nothing here. */
  otherCaFile: string;
  /** Runs `work` as the administrator of the directory. */
  asAdmin: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  /** Adds a person, called by `uid` or else by `mail`. @returns the distinguished name */
  addPerson: (person: NewPerson) => Promise<string>;
  /** Makes a group consist of just these people. @returns the distinguished name */
  setGroup: (name: string, members: string[], kind?: GroupKind, unit?: Unit) => Promise<string>;
  /** Gives an attribute of an entry these values. */
  replace: (dn: string, attribute: string, values: string[]) => Promise<void>;
  /** How many binds the server was asked for, whatever came of them. */
  binds: () => Promise<number>;
  stop: () => Promise<void>;
};

/** All but letters, digits and hyphens by bytes, which has nothing in common with what the app does. */
const escaped = (value: string) =>
  value.replace(/[^a-z0-9-]/giu, (character) => Buffer.from(character).toString("hex").replace(/../g, "\\$&"));

/** Where somebody or something is that was added here. */
export const dnOf = (attribute: string, value: string, unit: Unit): string =>
  `${attribute}=${escaped(value)},ou=${unit},${BASE}`;

async function addUnits(client: Client): Promise<void> {
  await client.add(BASE, { objectClass: ["dcObject", "organization"], dc: "example", o: "Example" });
  for (const ou of UNITS) await client.add(`ou=${ou},${BASE}`, { objectClass: "organizationalUnit", ou });
  const account = { objectClass: ["organizationalRole", "simpleSecurityObject"], cn: "reader" };
  await client.add(SERVICE.dn, { ...account, userPassword: SERVICE.password });
}

/** Without a bind of its own, which would count. */
async function countBinds(url: string): Promise<number> {
  const client = new Client({ url });
  const name = "cn=Bind,cn=Operations,cn=Monitor";
  const { searchEntries } = await client.search(name, { scope: "base", attributes: ["monitorOpInitiated"] });
  await client.unbind();
  return Number(searchEntries[0]?.monitorOpInitiated);
}

/** Starts one with the organisational units of lib/testing/slapd-configuration.ts and nobody in them. */
export async function startDirectory(): Promise<Directory> {
  const slapd = await startSlapd();
  const url = `ldap://127.0.0.1:${slapd.port}`;
  const admin = new Client({ url });
  try {
    await admin.bind(ADMIN.dn, ADMIN.password);
    await addUnits(admin);
  } catch (error) {
    await slapd.stop();
    throw error;
  }
  const { certificates, port, tlsPort } = slapd;
  return {
    url,
    tlsUrl: `ldaps://localhost:${tlsPort}`,
    port,
    base: BASE,
    peopleBase: `ou=people,${BASE}`,
    service: SERVICE,
    certificates,
    caFile: certificates.caFile,
    otherCaFile: certificates.otherCaFile,
    asAdmin: (work) => work(admin),
    async addPerson({ uid, mail, password, unit = "people", more = {} }) {
      const [attribute, name] = uid === undefined ? ["mail", mail ?? ""] : ["uid", uid];
      const dn = dnOf(attribute, name, unit);
      await admin.add(dn, {
        objectClass: "inetOrgPerson",
        cn: name,
        sn: name,
        userPassword: password,
        ...(uid !== undefined && { uid }),
        ...(mail !== undefined && { mail }),
        ...more,
      });
      return dn;
    },
    async setGroup(name, members, kind = "groupOfNames", unit = "groups") {
      const dn = dnOf("cn", name, unit);
      // The classes of names must not be empty.
      const all = kind !== "posixGroup" && members.length === 0 ? [ADMIN.dn] : members;
      await admin.del(dn).catch(() => undefined);
      const number: Record<string, string> = kind === "posixGroup" ? { gidNumber: "5000" } : {};
      const values = all.length > 0 && { [membersIn[kind]]: all };
      await admin.add(dn, { objectClass: kind, cn: name, ...number, ...values });
      return dn;
    },
    replace: (dn, type, values) =>
      admin.modify(dn, new Change({ operation: "replace", modification: new Attribute({ type, values }) })),
    binds: () => countBinds(url),
    async stop() {
      await admin.unbind();
      await slapd.stop();
    },
  };
}
