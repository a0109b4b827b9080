import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { verifySignIn } from "@/lib/auth/sign-in";
import { database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { recordLog } from "@/lib/testing/log";
import { answer, type Recorder, relayTo, startRecorder } from "@/lib/testing/recorder";
import { type Directory, startDirectory } from "@/lib/testing/slapd";

/** Several servers, of which some are down, slow or out of order. */

setUpTestDatabase();

const PASSWORD = "what a person of the directory says";
const INVALID = { ok: false, reason: "invalid" };
const UNAVAILABLE = { code: "unavailable" };
/** All servers together. */
const TIMEOUT_MS = 1500;
/** For what this machine has to do besides. */
const SLACK_MS = 1500;
/** Nobody listens on the port of "TCP port service multiplexer". */
const DEAD = "ldap://127.0.0.1:1";

let directory: Directory;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const lines = recordLog();
const logged = () => lines("error");

const recorders: Recorder[] = [];
afterEach(async () => {
  await Promise.all(recorders.splice(0).map((recorder) => recorder.close()));
});

async function record(options: Parameters<typeof startRecorder>[0] = {}): Promise<Recorder & { url: string }> {
  const recorder = await startRecorder(options);
  recorders.push(recorder);
  return { ...recorder, url: `ldap://127.0.0.1:${recorder.port}` };
}

/** The true directory, by a way on which each connection is seen. */
const watched = () => record({ onConnection: relayTo(directory.port) });

async function newPerson(): Promise<string> {
  const uid = uniqueName("ann");
  await directory.addPerson({ uid, password: PASSWORD });
  return uid;
}

const withServers = <T>(urls: string[], work: () => Promise<T>, variables: Record<string, string> = {}) =>
  withEnvironment(
    {
      LOGIN_AUTHENTICATOR: "ldap",
      LOGIN_ID: "username",
      LDAP_SERVER_URL: urls.join(),
      LDAP_DN_FORMAT: `uid={},${directory.peopleBase}`,
      LDAP_TIMEOUT_MS: String(TIMEOUT_MS),
      ...variables,
    },
    work,
  );

const signIn = (loginId: string, password = PASSWORD) => verifySignIn(testContext(), { loginId, password });

async function timed<T>(work: () => Promise<T>): Promise<{ outcome: T; ms: number }> {
  const start = performance.now();
  const outcome = await work();
  return { outcome, ms: performance.now() - start };
}

/** How many failures are counted for a login id. */
async function countedFor(loginId: string): Promise<number> {
  const rows = await database().select().from(attemptBudgets).where(eq(attemptBudgets.key, loginId));
  return rows.reduce((sum, { countedAt }) => sum + countedAt.length, 0);
}

describe("the second server answers", () => {
  it("where the first one is down", async () => {
    const uid = await newPerson();
    await withServers([DEAD, directory.url], async () => {
      expect(await signIn(uid, "wrong")).toEqual(INVALID);
      expect(await signIn(uid)).toMatchObject({ ok: true });
    });
    expect(logged()).toEqual(
      Array.from({ length: 2 }, () =>
        expect.stringMatching(new RegExp(`a server was skipped: .* \\(server=${DEAD}\\)`)),
      ),
    );
  });

  it("where the first one takes connections and says nothing, within the time of all", async () => {
    const uid = await newPerson();
    const silent = await record();
    await withServers([silent.url, directory.url], async () => {
      const { outcome, ms } = await timed(() => signIn(uid));
      expect(outcome).toMatchObject({ ok: true });
      expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    });
    expect(silent.connections()).toBe(1);
    expect(logged()).toEqual([
      expect.stringMatching(new RegExp(`was skipped: no answer within .* \\(server=${silent.url}\\)`)),
    ]);
  });

  it("where the first one falls silent in the middle", async () => {
    const uid = await newPerson();
    const search = { LDAP_DN_FORMAT: "", LDAP_SEARCH_BASE: directory.peopleBase };
    const service = { LDAP_BIND_DN: directory.service.dn, LDAP_BIND_PASSWORD: directory.service.password };
    const falling = await record({
      // The service account gets its answer, and the search none.
      onData: (socket, chunk) => void (chunk.includes(directory.service.dn) && socket.write(answer(chunk, "bind", 0))),
    });
    await withServers([falling.url, directory.url], async () => expect(await signIn(uid)).toMatchObject({ ok: true }), {
      ...search,
      ...service,
    });
    expect(falling.heard()).toContain(uid);
    expect(falling.heard()).not.toContain(PASSWORD);
  });

  const OUT_OF_ORDER = { operationsError: 1, confidentialityRequired: 13, busy: 51, unavailable: 52, other: 80 };

  it.each(Object.entries(OUT_OF_ORDER))("where the first one says %s", async (_, code) => {
    const uid = await newPerson();
    const first = await record({ onData: (socket, chunk) => void socket.write(answer(chunk, "bind", code)) });
    await withServers([first.url, directory.url], async () => {
      expect(await signIn(uid)).toMatchObject({ ok: true });
    });
    expect(logged()).toEqual([expect.stringMatching(new RegExp(`was skipped: .* \\(server=${first.url}\\)`))]);
  });

  it("where the first one does not know the service account, which the operator has to mend", async () => {
    const uid = await newPerson();
    const first = await record({ onData: (socket, chunk) => void socket.write(answer(chunk, "bind", 49)) });
    const { dn, password } = directory.service;
    const search = { LDAP_DN_FORMAT: "", LDAP_SEARCH_BASE: directory.peopleBase };
    await withServers([first.url, directory.url], async () => expect(await signIn(uid)).toMatchObject({ ok: true }), {
      ...search,
      LDAP_BIND_DN: dn,
      LDAP_BIND_PASSWORD: password,
    });
    expect(logged()).toEqual([expect.stringMatching(/is not as configured: LDAP_BIND_DN and LDAP_BIND_PASSWORD/)]);
  });
});

describe("the second server is never asked", () => {
  it("after a wrong password, nor after a right one", async () => {
    const uid = await newPerson();
    const second = await watched();
    await withServers([directory.url, second.url], async () => {
      expect(await signIn(uid, "wrong")).toEqual(INVALID);
      expect(await signIn(uniqueName("nobody"), "wrong")).toEqual(INVALID);
      expect(await signIn(uid)).toMatchObject({ ok: true });
    });
    expect(second.connections()).toBe(0);
    expect(logged()).toEqual([]);
  });

  const REFUSED = {
    constraintViolation: 19,
    noSuchObject: 32,
    invalidDNSyntax: 34,
    inappropriateAuthentication: 48,
    invalidCredentials: 49,
    insufficientAccessRights: 50,
    unwillingToPerform: 53,
  };

  it.each(Object.entries(REFUSED))("after %s, which is counted as a failure", async (_, code) => {
    const uid = await newPerson();
    const first = await record({ onData: (socket, chunk) => void socket.write(answer(chunk, "bind", code)) });
    const second = await watched();
    await withServers([first.url, second.url], async () => {
      expect(await signIn(uid)).toEqual(INVALID);
      expect(await countedFor(uid)).toBe(1);
    });
    expect(second.connections()).toBe(0);
  });
});

describe("no server answers", () => {
  it("by refused connections: said so, and no guess is counted, however often", async () => {
    const uid = await newPerson();
    await withServers(
      [DEAD, DEAD],
      async () => {
        for (let n = 0; n < 5; n += 1) expect(await failureOf(signIn(uid))).toMatchObject(UNAVAILABLE);
        expect(await countedFor(uid)).toBe(0);
      },
      { ATTEMPT_LIMIT: "2" },
    );
    expect(logged()).toHaveLength(10);
    await withServers([directory.url], async () => expect(await signIn(uid)).toMatchObject({ ok: true }), {
      ATTEMPT_LIMIT: "2",
    });
  });

  it("by silence: said so within the time of all, and no guess is counted", async () => {
    const uid = await newPerson();
    const silent = [await record(), await record(), await record()];
    await withServers(
      silent.map(({ url }) => url),
      async () => {
        const { outcome, ms } = await timed(() => failureOf(signIn(uid)));
        expect(outcome).toMatchObject(UNAVAILABLE);
        expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
        expect(await countedFor(uid)).toBe(0);
      },
    );
    // Each got its share of the time.
    expect(silent.map((server) => server.connections())).toEqual([1, 1, 1]);
  });

  it("by hanging up: said so", async () => {
    const uid = await newPerson();
    const rude = await record({ onConnection: (socket) => void socket.destroy() });
    await withServers([rude.url], async () => expect(await failureOf(signIn(uid))).toMatchObject(UNAVAILABLE));
  });

  it("by nonsense: said so", async () => {
    const uid = await newPerson();
    const web = await record({ onData: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") });
    await withServers([web.url], async () => expect(await failureOf(signIn(uid))).toMatchObject(UNAVAILABLE));
  });
});

it("keeps what people typed out of the log", async () => {
  const uid = await newPerson();
  const silent = await record();
  const web = await record({ onData: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") });
  await withServers([silent.url, web.url, DEAD], async () => {
    expect(await failureOf(signIn(uid))).toMatchObject(UNAVAILABLE);
  });
  expect(logged()).toHaveLength(3);
  expect(logged().join()).not.toContain(PASSWORD);
  expect(logged().join()).not.toContain(uid);
});
