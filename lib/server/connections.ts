import { AsyncResource } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { type RequestListener, Server, type ServerResponse } from "node:http";
import net, { type Socket } from "node:net";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { isDraining } from "./draining";

/** The connections of the HTTP server, which Next.js keeps to itself, and how they come to a good end. */
export type Connections = {
  /**
   * Takes no new connections, lets every request be answered, and closes what is at rest. Call `beginDraining` first.
   * @returns the number of requests that were cut off, because they took longer than `drainMs`
   */
  drain(times: { acceptMs: number; graceMs: number; drainMs: number }): Promise<number>;
};

/** What a turn of the loop takes in which nothing was done. */
const QUIET_MS = 0.2;

/** For how long nobody should come before nobody can come any more, unless that takes too long. */
const CALM_MS = 20;
const CALM_WITHIN_MS = 1_000;

/**
 * Lets requests wait: while each is worked on, a turn takes too long for nobody to come in it.
 * @returns what hands on those that have waited, and all others from then on
 */
function holdRequests(server: Server): () => void {
  const listeners = server.listeners("request") as RequestListener[];
  const waiting: (() => void)[] = [];
  const serve = (...request: Parameters<RequestListener>) => {
    for (const listener of listeners) listener.call(server, ...request);
  };
  const hold: RequestListener = (...request) => waiting.push(AsyncResource.bind(() => serve(...request)));
  server.removeAllListeners("request").on("request", hold);
  return () => {
    server.removeListener("request", hold);
    for (const listener of listeners) server.on("request", listener);
    for (const each of waiting) each();
  };
}

/** Follows the connections from now on. */
export function watchConnections(): Connections {
  /** Those on which nothing was asked yet. */
  const silent = new Set<Socket>();
  const unanswered = new Set<ServerResponse>();
  let accepted = 0;
  let server: Server | undefined;

  diagnostics.subscribe("net.server.socket", (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (!(socket.server instanceof Server)) return;
    server = socket.server;
    accepted += 1;
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });

  diagnostics.subscribe("http.server.request.start", (message) => {
    const { response, socket } = message as { response: ServerResponse; socket: Socket };
    silent.delete(socket);
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
    if (isDraining()) response.setHeader("connection", "close");
  });

  /**
   * Connections that the system has taken already would be reset. Node accepts one of them at each turn of its loop, so
   * that nobody waits after a turn without any, if it was too short for somebody to come since.
   */
  async function acceptWaiting(acceptMs: number): Promise<void> {
    const startedAt = performance.now();
    // What is called in the middle of a turn would not see the network before the next one.
    await turn();
    let now = performance.now();
    let cameAt = now;
    let isQuiet = false;
    while (!isQuiet && now - startedAt < acceptMs) {
      const [acceptedBefore, before] = [accepted, now];
      await turn();
      now = performance.now();
      if (accepted > acceptedBefore) cameAt = now;
      // Whoever was answered comes again at once; where many come all the time, the calm is not waited for.
      const calmMs = now - startedAt < CALM_WITHIN_MS ? CALM_MS : 0;
      isQuiet = now - cameAt > calmMs && now - before < QUIET_MS;
    }
  }

  async function closeAtRest(server: Server, graceMs: number): Promise<void> {
    // For those which were told to stay before, and come to rest later.
    server.keepAliveTimeout = graceMs;
    await pause(graceMs);
    // After a look at the network, so that nothing is closed that has just begun to ask.
    await turn();
    for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
    server.closeIdleConnections();
  }

  return {
    async drain({ acceptMs, graceMs, drainMs }) {
      const release = server && holdRequests(server);
      for (const response of unanswered) if (!response.headersSent) response.setHeader("connection", "close");
      await acceptWaiting(acceptMs);
      // Nobody has come yet, so that nobody has to be waited for.
      if (!server) return 0;
      const listening = server;
      // Not `server.close()`, which would close connections at rest at once, with requests on their way.
      const closed = new Promise<void>((resolve) => {
        net.Server.prototype.close.call(listening, () => resolve());
      });
      release?.();
      const timesUp = new AbortController();
      const isDone = await Promise.race([
        closed.then(() => true),
        Promise.all([closeAtRest(listening, graceMs), pause(drainMs, undefined, timesUp)]).then(() => false),
      ]);
      timesUp.abort();
      if (isDone) return 0;
      const cut = unanswered.size;
      listening.closeAllConnections();
      await closed;
      return cut;
    },
  };
}
