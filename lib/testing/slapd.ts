import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { Client } from "ldapts";
import { makeAuthority } from "./certificates";

/** A real directory server (OpenLDAP) of a test's own, on free ports of this machine. */

const PROGRAMS = ["/usr/sbin/slapd", "/usr/lib/openldap/slapd", "/usr/libexec/slapd", "/usr/local/libexec/slapd"];
const SCHEMAS = ["/etc/ldap/schema", "/etc/openldap/schema", "/usr/local/etc/openldap/schema"];
const MODULES = ["/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap", "/usr/local/libexec/openldap"];

const BASE = "dc=example,dc=test";
const ADMIN = { dn: `cn=admin,${BASE}`, password: "the administrator of the directory" };
/** May read everything but passwords; for LDAP_BIND_DN. */
const SERVICE = { dn: `cn=reader,${BASE}`, password: "the reader of the directory" };

function programPath(): string {
  const found = [process.env.SLAPD_PATH ?? "", ...PROGRAMS].find((file) => file !== "" && existsSync(file));
  if (found) return found;
  throw new Error("There is no slapd here: apt-get install slapd openssl (Debian), or set SLAPD_PATH.");
}

const firstOf = (folders: string[], what: string): string => {
  const found = folders.find((folder) => existsSync(folder));
  if (!found) throw new Error(`slapd is here, but not its ${what}: looked for ${folders.join(", ")}.`);
  return found;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const configOf = (folder: string, { caFile, certificateFile, keyFile }: ReturnType<typeof makeAuthority>) => `
${["core", "cosine", "inetorgperson", "nis"].map((name) => `include ${firstOf(SCHEMAS, "schema")}/${name}.schema`).join("\n")}
modulepath ${firstOf(MODULES, "modules")}
moduleload back_mdb
moduleload memberof
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
TLSCACertificateFile ${caFile}
TLSCertificateFile ${certificateFile}
TLSCertificateKeyFile ${keyFile}
idletimeout 0
database mdb
suffix "${BASE}"
rootdn "${ADMIN.dn}"
rootpw "${ADMIN.password}"
directory ${folder}/db
dbnosync
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=hidden,${BASE}" attrs=uid,mail by dn.exact="${SERVICE.dn}" search by self none by * search
access to * by users read by anonymous search
`;

async function untilItAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}: ${output()}`);
    const client = new Client({ url, connectTimeout: 1000, timeout: 1000 });
    try {
      await client.bind(ADMIN.dn, ADMIN.password);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.unbind().catch(() => undefined);
    }
  }
}

type NewPerson = {
  uid?: string;
  mail?: string;
  password: string;
  /** The organisational unit; `people` unless said otherwise. */
  unit?: string;
  more?: Record<string, string | string[]>;
};

export type Directory = {
  /** ldap:// by address; StartTLS is offered. */
  url: string;
  /** ldaps:// by name. */
  tlsUrl: string;
  base: string;
  peopleBase: string;
  service: typeof SERVICE;
  caFile: string;
  /** An authority that has signed nothing here. */
  otherCaFile: string;
  /** Runs `work` as the administrator of the directory. */
  asAdmin: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  /** Adds a person, called by `uid` or else by `mail`. @returns the distinguished name */
  addPerson: (person: NewPerson) => Promise<string>;
  /** Makes a group consist of just these people. @returns the distinguished name */
  setGroup: (
    name: string,
    members: string[],
    kind?: "groupOfNames" | "groupOfUniqueNames" | "posixGroup",
  ) => Promise<string>;
  stop: () => Promise<void>;
};

const escaped = (value: string) => value.replace(/[,+<>#;"\\=]/g, "\\$&").replace(/^ | $/g, "\\ ");

/** Starts one with the organisational units people, groups and hidden, whose people do not show what they are called. */
export async function startDirectory(): Promise<Directory> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-slapd-"));
  mkdirSync(path.join(folder, "db"));
  const authority = makeAuthority(folder);
  // A copy: some systems let the installed one look only into its own folders.
  const program = path.join(folder, "slapd");
  copyFileSync(programPath(), program);
  const configFile = path.join(folder, "slapd.conf");
  writeFileSync(configFile, configOf(folder, authority));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const listens = `${url} ldaps://127.0.0.1:${tlsPort}`;
  const child = spawn(program, ["-f", configFile, "-h", listens, "-d", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const asAdmin: Directory["asAdmin"] = async (work) => {
    const client = new Client({ url, timeout: 10_000, connectTimeout: 10_000 });
    try {
      await client.bind(ADMIN.dn, ADMIN.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  try {
    await untilItAnswers(url, child, () => said);
    await asAdmin(async (client) => {
      await client.add(BASE, { objectClass: ["dcObject", "organization"], dc: "example", o: "Example" });
      for (const ou of ["people", "groups", "hidden"]) {
        await client.add(`ou=${ou},${BASE}`, { objectClass: "organizationalUnit", ou });
      }
      const account = { objectClass: ["organizationalRole", "simpleSecurityObject"], cn: "reader" };
      await client.add(SERVICE.dn, { ...account, userPassword: SERVICE.password });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    tlsUrl: `ldaps://localhost:${tlsPort}`,
    base: BASE,
    peopleBase: `ou=people,${BASE}`,
    service: SERVICE,
    caFile: authority.caFile,
    otherCaFile: authority.otherCaFile,
    asAdmin,
    addPerson: async ({ uid, mail, password, unit = "people", more = {} }) => {
      const [attribute, name] = uid === undefined ? ["mail", mail ?? ""] : ["uid", uid];
      const dn = `${attribute}=${escaped(name)},ou=${unit},${BASE}`;
      await asAdmin((client) =>
        client.add(dn, {
          objectClass: "inetOrgPerson",
          cn: name,
          sn: name,
          userPassword: password,
          ...(uid !== undefined && { uid }),
          ...(mail !== undefined && { mail }),
          ...more,
        }),
      );
      return dn;
    },
    setGroup: async (name, members, kind = "groupOfNames") => {
      const dn = `cn=${escaped(name)},ou=groups,${BASE}`;
      const attribute = { groupOfNames: "member", groupOfUniqueNames: "uniqueMember", posixGroup: "memberUid" }[kind];
      // The classes of names must not be empty.
      const all = kind !== "posixGroup" && members.length === 0 ? [ADMIN.dn] : members;
      await asAdmin(async (client) => {
        await client.del(dn).catch(() => undefined);
        const number: Record<string, string> = kind === "posixGroup" ? { gidNumber: "5000" } : {};
        await client.add(dn, { objectClass: kind, cn: name, ...number, ...(all.length > 0 && { [attribute]: all }) });
      });
      return dn;
    },
    stop,
  };
}
