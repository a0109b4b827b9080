import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Connections, watchConnections } from "./connections";
import { beginDraining } from "./draining";

const shared = globalThis as { gatehouseDraining?: boolean };

let server: http.Server;
let connections: Connections;
let port: number;
/** Answers that a test gives when it likes, in the order of their requests. */
let held: http.ServerResponse[];

beforeEach(async () => {
  delete shared.gatehouseDraining;
  held = [];
  connections = watchConnections();
  server = http.createServer((request, response) => {
    if (request.url === "/held") held.push(response);
    else response.end(request.url);
  });
  // Whatever the operator has set for load balancers.
  server.keepAliveTimeout = LONG;
  await once(server.listen(0, "127.0.0.1"), "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  delete shared.gatehouseDraining;
  server.closeAllConnections();
  server.close();
});

/** A connection and everything that came on it. */
async function connected(): Promise<{ socket: Socket; heard: () => string; gone: Promise<unknown> }> {
  const socket = net.connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  const gone = once(socket, "close");
  await once(socket, "connect");
  return { socket, heard: () => text, gone };
}

const ask = (socket: Socket, path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`);

/** Milliseconds that no test has: it fails where it would have to wait for so long. */
const LONG = 120_000;

function drain(times: Partial<{ graceMs: number; drainMs: number }> = {}): Promise<number> {
  beginDraining();
  return connections.drain({ acceptMs: 5000, graceMs: 300, drainMs: LONG, ...times });
}

describe("draining", () => {
  it("is done at once where nobody has come", async () => {
    expect(await drain({ graceMs: LONG })).toBe(0);
  });

  it("answers what is asked on a connection that was at rest, and says that it is the last time", async () => {
    const { socket, heard, gone } = await connected();
    ask(socket, "/first");
    await expect.poll(heard).toContain("/first");
    const drained = drain({ graceMs: LONG });
    await expect.poll(() => server.listening).toBe(false);
    ask(socket, "/second");
    await gone;
    expect(heard()).toMatch(/^(?:(?!close).)*\/first.*Connection: close.*\/second$/is);
    // Whose connection is the last one has not to wait.
    expect(await drained).toBe(0);
  });

  it("refuses new connections", async () => {
    const { socket, heard } = await connected();
    ask(socket, "/held");
    await expect.poll(() => held.length).toBe(1);
    const drained = drain();
    await expect.poll(() => server.listening).toBe(false);
    await expect(once(net.connect(port, "127.0.0.1"), "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    held[0]?.end("at last");
    expect(await drained).toBe(0);
    await expect.poll(heard).toMatch(/Connection: close.*at last/is);
  });

  it("lets an answer that has begun come to its end, and then answers once more", async () => {
    const { socket, heard, gone } = await connected();
    ask(socket, "/held");
    await expect.poll(() => held.length).toBe(1);
    held[0]?.write("begun, ");
    await expect.poll(heard).toContain("begun");
    const drained = drain({ graceMs: 1000 });
    await expect.poll(() => server.listening).toBe(false);
    held[0]?.end("done");
    await expect.poll(heard).toContain("done");
    ask(socket, "/next");
    await gone;
    expect(heard()).toMatch(/Connection: keep-alive.*done.*Connection: close.*\/next$/is);
    expect(await drained).toBe(0);
  });

  it("waits for nobody who says nothing", async () => {
    const silent = await connected();
    const resting = await connected();
    ask(resting.socket, "/");
    await expect.poll(resting.heard).toContain("200 OK");
    expect(await drain()).toBe(0);
    await Promise.all([silent.gone, resting.gone]);
  });

  it("waits for nobody who says nothing after an answer either", async () => {
    const silent = await connected();
    const { socket, heard, gone } = await connected();
    ask(socket, "/held");
    await expect.poll(() => held.length).toBe(1);
    held[0]?.write("begun, ");
    const drained = drain({ graceMs: 10 });
    await expect.poll(() => server.listening).toBe(false);
    // When this one goes, connections at rest have been closed.
    await silent.gone;
    held[0]?.end("done");
    await gone;
    expect(heard()).toContain("done");
    expect(await drained).toBe(0);
  });

  it("takes those who are waiting at the door", async () => {
    const first = await connected();
    // Connected as far as the system is concerned, while this process has had no time to look.
    const waiting = Array.from({ length: 20 }, () => net.connect(port, "127.0.0.1"));
    const answers = waiting.map(async (socket) => {
      ask(socket, "/waiting");
      let text = "";
      for await (const chunk of socket) text += chunk;
      return text;
    });
    await once(waiting.at(-1) as Socket, "connect");
    const drained = drain();
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 OK.*\/waiting$/s);
    expect(await drained).toBe(0);
    await first.gone;
  });

  it("cuts off what takes too long, and tells how many", async () => {
    const patient = await connected();
    ask(patient.socket, "/held");
    await expect.poll(() => held.length).toBe(1);
    expect(await drain({ graceMs: 10, drainMs: 50 })).toBe(1);
    await patient.gone;
    expect(patient.heard()).toBe("");
  });
});
