import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ldapAuthenticator } from "@/lib/auth/authenticators/ldap";
import { withEnvironment } from "@/lib/testing/environment";
import { failureOf } from "@/lib/testing/failure";
import { recordLog } from "@/lib/testing/log";
import { answer, type Recorder, relayTo, STARTTLS_OID, startRecorder } from "@/lib/testing/recorder";
import { type Directory, startDirectory } from "@/lib/testing/slapd";
import { onServer } from "./connection";

/** Connections to real servers and to false ones: what is encrypted, with whom, and what is never said. */

const PASSWORD = "the secret words of ann";
const PROTOCOL_ERROR = 2;
const UNAVAILABLE = 52;

let directory: Directory;
beforeAll(async () => {
  directory = await startDirectory();
  await directory.addPerson({ uid: "ann", password: PASSWORD });
});
afterAll(() => directory.stop());

const lines = recordLog();
const logged = () => lines("error").join("\n");

const recorders: Recorder[] = [];
afterEach(async () => {
  await Promise.all(recorders.splice(0).map((recorder) => recorder.close()));
});

async function record(options: Parameters<typeof startRecorder>[0]): Promise<Recorder> {
  const recorder = await startRecorder(options);
  recorders.push(recorder);
  return recorder;
}

/** Asks for ann with her password, or another one. */
function ask(variables: Record<string, string>, password = PASSWORD) {
  const format = { LDAP_DN_FORMAT: `uid={},${directory.peopleBase}`, LDAP_TIMEOUT_MS: "1500" };
  return withEnvironment({ LOGIN_AUTHENTICATOR: "ldap", LOGIN_ID: "username", ...format, ...variables }, () =>
    ldapAuthenticator.verify({ loginId: "ann", password }),
  );
}

const startTls = (port: number, host = "127.0.0.1") => ({
  LDAP_SERVER_URL: `ldap://${host}:${port}`,
  LDAP_START_TLS: "true",
  LDAP_CA_FILE: directory.caFile,
});

const identity = (certificateFile = directory.certificates.certificateFile) => ({
  cert: readFileSync(certificateFile),
  key: readFileSync(directory.certificates.keyFile),
});

const ways: [string, () => Record<string, string>][] = [
  ["ldaps by name", () => ({ LDAP_SERVER_URL: directory.tlsUrl })],
  ["ldaps by address", () => ({ LDAP_SERVER_URL: directory.tlsUrl.replace("localhost", "127.0.0.1") })],
  ["StartTLS by name", () => startTls(directory.port, "localhost")],
  ["StartTLS by address", () => startTls(directory.port)],
];

describe.each(ways)("%s", (_, way) => {
  it("knows the right password from a wrong one", async () => {
    const trusting = { ...way(), LDAP_CA_FILE: directory.caFile };
    expect(await ask(trusting)).toMatchObject({ vouches: true });
    expect(await ask(trusting, "wrong")).toBeNull();
    expect(logged()).toBe("");
  });

  it.each([
    ["the authority is another one", () => directory.otherCaFile],
    ["none is configured, and the system knows none", () => ""],
    ["its file is not there", () => "/nowhere/authority.crt"],
  ])("gives nobody's password away where %s", async (_reason, caFile) => {
    const before = await directory.binds();
    expect(await failureOf(ask({ ...way(), LDAP_CA_FILE: caFile() }))).toMatchObject({ code: "unavailable" });
    expect(await directory.binds()).toBe(before);
    expect(logged()).toMatch(/^\[ldap\] a server was skipped: .*(certificate|authority\.crt)/);
  });
});

it("encrypts nothing where nobody asks for it", async () => {
  const relay = await record({ onConnection: relayTo(directory.port) });
  expect(await ask({ LDAP_SERVER_URL: `ldap://127.0.0.1:${relay.port}` })).toMatchObject({ vouches: true });
  expect(relay.heard()).toContain(PASSWORD);
});

describe("a server with the certificate of another host", () => {
  const swapped = (socket: Socket) => {
    const inner = new tls.TLSSocket(socket, { isServer: true, ...identity(directory.certificates.elsewhereFile) });
    inner.on("error", () => {});
    return inner;
  };

  it("is told nothing by ldaps", async () => {
    const impostor = await record({ tls: identity(directory.certificates.elsewhereFile) });
    for (const host of ["localhost", "127.0.0.1"]) {
      const way = { LDAP_SERVER_URL: `ldaps://${host}:${impostor.port}`, LDAP_CA_FILE: directory.caFile };
      expect(await failureOf(ask(way))).toMatchObject({ code: "unavailable" });
    }
    expect(impostor.connections()).toBe(2);
    expect(impostor.heard()).toBe("");
    expect(logged()).toContain("altnames");
  });

  it("is told nothing by StartTLS", async () => {
    const secrets: Buffer[] = [];
    const impostor = await record({
      onConnection(socket) {
        socket.once("data", (request) => {
          socket.write(answer(request, "extended", 0));
          swapped(socket).on("data", (chunk) => secrets.push(chunk));
        });
      },
    });
    for (const host of ["localhost", "127.0.0.1"]) {
      expect(await failureOf(ask(startTls(impostor.port, host)))).toMatchObject({ code: "unavailable" });
    }
    expect(secrets).toEqual([]);
    expect(logged()).toContain("altnames");
  });
});

describe("a server that does not do StartTLS as it should", () => {
  const says = (code: number) => (socket: Socket, request: Buffer) =>
    void socket.write(answer(request, "extended", code));

  /** What it does with the request; what it does afterwards. */
  const servers: [string, (socket: Socket, chunk: Buffer) => void][] = [
    ["knows no StartTLS", says(PROTOCOL_ERROR)],
    ["is out of order", says(UNAVAILABLE)],
    ["closes the connection instead", (socket) => void socket.end()],
    ["resets the connection instead", (socket) => void socket.resetAndDestroy()],
    [
      "agrees, and closes the connection",
      (socket, request) => {
        if (request.includes(STARTTLS_OID)) says(0)(socket, request);
        socket.end();
      },
    ],
    [
      "agrees, and goes on in clear",
      (socket, chunk) => void socket.write(answer(chunk, chunk.includes(STARTTLS_OID) ? "extended" : "bind", 0)),
    ],
    [
      "agrees, and says nothing more",
      (socket, chunk) => {
        if (chunk.includes(STARTTLS_OID)) says(0)(socket, chunk);
      },
    ],
  ];

  it.each(servers)("%s: is asked for that and nothing else, once", async (_, onData) => {
    const server = await record({ onData });
    expect(await failureOf(ask(startTls(server.port)))).toMatchObject({ code: "unavailable" });
    expect(server.connections()).toBe(1);
    expect(server.heard()).toContain(STARTTLS_OID);
    expect(server.heard()).not.toContain(PASSWORD);
    expect(server.heard()).not.toContain("uid=ann");
    expect(logged()).toContain("was skipped");
  });
});

describe("a connection that is lost", () => {
  /** Binds twice over a connection that the server closes; the second time the library knows that it is closed. */
  async function bindTwice(server: Recorder, variables: Record<string, string>): Promise<unknown> {
    let last: Promise<void> | undefined;
    await withEnvironment({ LDAP_START_TLS: "", ...variables }, () =>
      onServer(`ldap://127.0.0.1:${server.port}`, 500, async (client) => {
        const bind = () => client.bind(`uid=ann,${directory.peopleBase}`, PASSWORD);
        last = bind()
          .catch(() => expect.poll(() => client.isConnected, { interval: 5 }).toBe(false))
          .then(bind);
        await last;
      }).catch(() => undefined),
    );
    return last?.catch((error: unknown) => error);
  }

  it("is not opened anew behind the back of the app", async () => {
    const server = await record({ onData: (socket, chunk) => void socket.end(answer(chunk, "bind", UNAVAILABLE)) });
    expect(String(await bindTwice(server, {}))).toContain("closed the connection");
    expect(server.connections()).toBe(1);
  });

  it("is not replaced by one that nobody has encrypted", async () => {
    const server = await record({
      onConnection(socket) {
        socket.once("data", (request) => {
          socket.write(answer(request, "extended", 0));
          const inner = new tls.TLSSocket(socket, { isServer: true, ...identity() });
          inner.on("error", () => {}).once("secure", () => inner.end());
        });
      },
    });
    expect(await bindTwice(server, startTls(server.port))).toBeInstanceOf(Error);
    expect(server.connections()).toBe(1);
    expect(server.heard()).toContain(STARTTLS_OID);
    expect(server.heard()).not.toContain(PASSWORD);
  });
});

/** What somebody on the way puts into the stream before it is encrypted must not count afterwards. */
describe("somebody in the middle of StartTLS", () => {
  /** Says yes to the bind that follows, swallowing the true answer, whose length is no secret. */
  const yes = Buffer.from("301a02010361070a010004000400", "hex");
  /** An answer that is complete. */
  const completeYes = Buffer.from("300c02010361070a010004000400", "hex");

  const inTheMiddle = (planted: Buffer) => {
    let isFirst = true;
    return record({
      onConnection: relayTo(directory.port, (chunk) => {
        const changed = isFirst ? Buffer.concat([chunk, planted]) : chunk;
        isFirst = false;
        return changed;
      }),
    });
  };

  it.each([
    ["a part of an answer", yes],
    ["a whole answer", completeYes],
  ])("cannot answer for the server by planting %s", async (_, planted) => {
    const middle = await inTheMiddle(planted);
    const outcome = await ask(startTls(middle.port), "wrong").catch(() => null);
    expect(outcome).toBeNull();
  });
});
