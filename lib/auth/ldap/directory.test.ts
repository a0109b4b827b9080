import { BerWriter, Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ldapAuthenticator } from "@/lib/auth/authenticators/ldap";
import { withEnvironment } from "@/lib/testing/environment";
import { uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { recordLog } from "@/lib/testing/log";
import { answer, startRecorder } from "@/lib/testing/recorder";
import { type Directory, dnOf, startDirectory } from "@/lib/testing/slapd";
import { findPerson } from "./directory";

/** Who is who for a real directory, by DN format and by search. */

const PASSWORD = "grün ist die Heide (oder)";
const COMES_IN = { vouches: true };
const UNAVAILABLE = { code: "unavailable" };

let directory: Directory;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const lines = recordLog();
const logged = () => lines("error").join("\n");

type Variables = Record<string, string>;

const always = () => ({ LOGIN_AUTHENTICATOR: "ldap", LOGIN_ID: "username", LDAP_SERVER_URL: directory.url });
const byFormat = (unit = "people", attribute = "uid"): Variables => ({
  ...always(),
  LDAP_DN_FORMAT: `${attribute}={},ou=${unit},${directory.base}`,
});
const bySearch = (unit = "people", variables: Variables = {}): Variables => ({
  ...always(),
  LDAP_SEARCH_BASE: `ou=${unit},${directory.base}`,
  ...variables,
});
const asService = () => ({ LDAP_BIND_DN: directory.service.dn, LDAP_BIND_PASSWORD: directory.service.password });

const ask = (variables: Variables, loginId: string, password = PASSWORD) =>
  withEnvironment(variables, () => ldapAuthenticator.verify({ loginId, password }));

async function person(options: Partial<Parameters<Directory["addPerson"]>[0]> = {}): Promise<string> {
  const { uid = uniqueName("ann") } = options;
  await directory.addPerson({ uid, password: PASSWORD, ...options });
  return uid;
}

describe("a search", () => {
  it("of entries that only the service account sees finds them as that account", async () => {
    const uid = await person({ unit: "internal" });
    expect(await ask(bySearch("internal", asService()), uid)).toMatchObject(COMES_IN);
    expect(await ask(bySearch("internal", asService()), uid, "wrong")).toBeNull();
    expect(await ask({ ...bySearch(), LDAP_SEARCH_BASE: directory.base }, uid)).toBeNull();
  });

  it("goes through the units below its base", async () => {
    const uid = await person();
    expect(await ask({ ...bySearch(), LDAP_SEARCH_BASE: directory.base }, uid)).toMatchObject(COMES_IN);
  });

  it("does the same work for a login that nobody has as for a wrong password", async () => {
    const uid = await person();
    const bindsOf = async (loginId: string) => {
      const before = await directory.binds();
      expect(await ask(bySearch("people", asService()), loginId, "wrong")).toBeNull();
      return (await directory.binds()) - before;
    };
    expect(await bindsOf(uniqueName("nobody"))).toBe(await bindsOf(uid));
  });

  it("binds as the entry that was found, however that one is called", async () => {
    const mail = `${uniqueName("jose")}@example.test`;
    await directory.addPerson({ uid: `${uniqueName("José")}, "Pepe" (+) \\ Doe#`, mail, password: PASSWORD });
    const variables = bySearch("people", { LDAP_SEARCH_FILTER: "(&(objectClass=person)(mail={}))" });
    expect(await ask(variables, mail)).toMatchObject(COMES_IN);
    expect(await ask(variables, mail, "wrong")).toBeNull();
  });
});

describe("people", () => {
  const names = [
    "*",
    "a,ou=x",
    ")(uid=*",
    "*)(|(uid=*",
    "\\2a",
    "\\",
    "#1",
    "a+uid=b",
    '"quoted"',
    "a;b<c>d",
    "a=b",
    "{}",
  ];

  it.each([...names, "o'hara (née müller)", "日本 語", "$&"])("called %j come in as themselves", async (name) => {
    const loginId = `${name}${uniqueName("")}`;
    const password = uniqueName("secret");
    await person({ uid: loginId, password });
    const other = await person({ password: uniqueName("secret") });
    for (const variables of [byFormat(), bySearch()]) {
      expect(await ask(variables, loginId, password)).toMatchObject(COMES_IN);
      expect(await ask(variables, other, password)).toBeNull();
    }
  });

  it.each(names)("are not found as %j by the password of somebody else", async (loginId) => {
    await person();
    for (const variables of [byFormat(), bySearch()]) expect(await ask(variables, loginId)).toBeNull();
    expect(logged()).toBe("");
  });

  it.each([
    ["blanks around it", " secret ", "secret"],
    ["1024 bytes", "ü".repeat(512), "ü".repeat(511)],
    ["special characters", "*)(uid=*\\2a,\"'", "*"],
    ["a composed letter", "gr\u00fcn", "gru\u0308n"],
    ["a decomposed letter", "gru\u0308n", "gr\u00fcn"],
  ])("have their password taken verbatim, as with %s", async (_, password, another) => {
    const uid = await person({ password });
    for (const variables of [byFormat(), bySearch()]) {
      expect(await ask(variables, uid, password)).toMatchObject(COMES_IN);
      expect(await ask(variables, uid, another)).toBeNull();
    }
  });

  it("without a password do not come in by any", async () => {
    const uid = await person();
    await directory.replace(dnOf("uid", uid, "people"), "userPassword", []);
    for (const variables of [byFormat(), bySearch()]) {
      for (const password of [PASSWORD, " "]) expect(await ask(variables, uid, password)).toBeNull();
    }
  });

  it("with an empty password are not asked about at all", async () => {
    const uid = await person();
    for (const variables of [byFormat(), bySearch("people", asService())]) {
      const before = await directory.binds();
      const unused = new Client({ url: directory.url });
      expect(await withEnvironment(variables, () => findPerson(unused, uid, ""))).toBeNull();
      expect(unused.isConnected).toBe(false);
      expect(await directory.binds()).toBe(before);
    }
  });
});

describe("a directory that compares more loosely than this app", () => {
  // For telephone numbers blanks and hyphens mean nothing (RFC 4517 §4.2.29).
  const phone = async () => {
    const number = String(Math.round(performance.now() * 1e6));
    const objectClass = ["inetOrgPerson"];
    const entry = { objectClass, cn: number, sn: number, telephoneNumber: number, userPassword: PASSWORD };
    await directory.asAdmin((admin) => admin.add(dnOf("telephoneNumber", number, "people"), entry));
    return number;
  };
  const ways: [string, () => Variables][] = [
    ["a DN format", () => byFormat("people", "telephoneNumber")],
    ["a search", () => bySearch("people", { LDAP_SEARCH_FILTER: "(telephoneNumber={})" })],
  ];

  it.each(ways)("lets nobody in under a login that is not quite theirs, by %s", async (_, way) => {
    const number = await phone();
    expect(await ask(way(), number)).toMatchObject(COMES_IN);
    expect(await ask(way(), `${number.slice(0, 4)}-${number.slice(4)}`)).toBeNull();
    expect(logged()).toBe("");
  });

  it("lets people in whose entry is in capitals", async () => {
    const uid = await person({ uid: uniqueName("ANN").toUpperCase() });
    for (const variables of [byFormat(), bySearch()]) {
      expect(await ask(variables, uid.toLowerCase())).toMatchObject(COMES_IN);
    }
  });
});

describe("entries that cannot be read", () => {
  it.each([
    ["a DN format", () => byFormat("hidden")],
    ["a search", () => bySearch("hidden")],
  ])("as to what they are called let nobody in by %s, which the operator is told", async (_, way) => {
    const uid = await person({ unit: "hidden" });
    expect(await failureOf(ask(way(), uid))).toMatchObject(UNAVAILABLE);
    expect(logged()).toContain("is not as configured: the entries that are found do not show uid");
    expect(logged()).not.toContain(uid);
  });

  it("at all do not matter where the DN format says who they are", async () => {
    const uid = await person({ unit: "closed" });
    expect(await ask(byFormat("closed"), uid)).toMatchObject(COMES_IN);
    expect(await ask(byFormat("closed"), uid, "wrong")).toBeNull();
    expect(logged()).toBe("");
  });

  it("at all are not found by a search", async () => {
    const uid = await person({ unit: "closed" });
    expect(await ask({ ...bySearch(), LDAP_SEARCH_BASE: directory.base }, uid)).toBeNull();
  });
});

describe("what leads to another server", () => {
  const elsewhere = async (work: (name: string, isAsked: () => boolean) => Promise<void>) => {
    const other = await startRecorder();
    const ou = uniqueName("elsewhere");
    const dn = `ou=${ou},ou=people,${directory.base}`;
    const ref = `ldap://127.0.0.1:${other.port}/${dn}`;
    const objectClass = ["referral", "extensibleObject"];
    await directory.asAdmin((admin) => admin.add(dn, { objectClass, ou, ref }));
    await work(ou, () => other.connections() > 0).finally(() => other.close());
  };

  it("is not followed by a search", async () => {
    const uid = await person();
    await elsewhere(async (_, isAsked) => {
      expect(await ask(bySearch(), uid)).toMatchObject(COMES_IN);
      expect(await ask(bySearch(), uniqueName("nobody"))).toBeNull();
      expect(isAsked()).toBe(false);
    });
  });

  it("is not followed by a bind", async () => {
    await elsewhere(async (ou, isAsked) => {
      const variables = { ...always(), LDAP_DN_FORMAT: `uid={},ou=${ou},ou=people,${directory.base}` };
      expect(await ask(variables, "ann")).toBeNull();
      expect(isAsked()).toBe(false);
    });
  });

  it("is no place to search", async () => {
    await elsewhere(async (ou, isAsked) => {
      const variables = { ...bySearch(), LDAP_SEARCH_BASE: `ou=${ou},ou=people,${directory.base}` };
      expect(await failureOf(ask(variables, "ann"))).toMatchObject(UNAVAILABLE);
      expect(isAsked()).toBe(false);
    });
  });
});

/** Active Directory takes names that are not distinguished ones; what it says is written here by hand. */
describe("a DN format that is no distinguished name", () => {
  const BIND = 0x60;
  const SEARCH_ENTRY = 0x64;

  function entry(request: Buffer, dn: string, attributes: Record<string, string>): Buffer {
    const writer = new BerWriter();
    writer.startSequence();
    writer.writeInt(request[4] ?? 0);
    writer.startSequence(SEARCH_ENTRY);
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, value] of Object.entries(attributes)) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(0x31);
      writer.writeString(value);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
    writer.endSequence();
    writer.endSequence();
    return writer.buffer;
  }

  const ENTRY = "CN=Ann,DC=corp,DC=example,DC=com";

  async function askActiveDirectory(loginId: string, attributes: Record<string, string> | undefined, isTheirs = true) {
    const server = await startRecorder({
      onData(socket, request) {
        if (request[5] === BIND) socket.write(answer(request, "bind", isTheirs || !request.includes(ENTRY) ? 0 : 49));
        else {
          if (attributes) socket.write(entry(request, ENTRY, attributes));
          socket.write(answer(request, "searchDone", 0));
        }
      },
    });
    const variables = {
      ...always(),
      LDAP_SERVER_URL: `ldap://127.0.0.1:${server.port}`,
      LDAP_DN_FORMAT: "{}@corp.example.com",
      LDAP_SEARCH_BASE: "DC=corp,DC=example,DC=com",
      LDAP_SEARCH_FILTER: "(sAMAccountName={})",
    };
    const outcome = await ask(variables, loginId).finally(() => server.close());
    return { outcome, heard: server.heard() };
  }

  it("binds by it, and finds the entry by a search", async () => {
    const { outcome, heard } = await askActiveDirectory("ann", { sAMAccountName: "Ann" });
    expect(outcome).toMatchObject(COMES_IN);
    expect(heard).toContain("ann@corp.example.com");
    expect(heard).toContain("sAMAccountName");
  });

  it.each([
    ["is somebody else's", { sAMAccountName: "anna" }],
    ["is not there", undefined],
  ])("lets nobody in whose entry %s", async (_, attributes) => {
    expect((await askActiveDirectory("ann", attributes)).outcome).toBeNull();
  });

  it("lets nobody in whose password is not that of the entry", async () => {
    expect((await askActiveDirectory("ann", { sAMAccountName: "ann" }, false)).outcome).toBeNull();
  });

  it.each(["a*", "ann,dc=x", "ann@other.example.com\u0000", "a b"])("is never sent with %j", async (loginId) => {
    expect(await askActiveDirectory(loginId, { sAMAccountName: loginId })).toEqual({ outcome: null, heard: "" });
  });
});
