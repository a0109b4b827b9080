import diagnostics from "node:diagnostics_channel";
import { Server, type ServerResponse } from "node:http";
import net, { type Socket } from "node:net";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { isDraining } from "./draining";

/** The connections of the HTTP server, which Next.js keeps to itself, and how they come to a good end. */
export type Connections = {
  /**
   * Takes no new connections, lets every request be answered, and closes what is at rest. Call `beginDraining` first.
   * @returns the number of requests that were cut off, because they took longer than `drainMs`
   */
  drain(times: { graceMs: number; drainMs: number }): Promise<number>;
};

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

  /** Connections that the system has taken already would be reset: Node accepts one of them at each turn of its loop. */
  async function acceptWaiting(deadline: number): Promise<void> {
    let before: number;
    do {
      before = accepted;
      await turn();
      await turn();
    } while (accepted > before && performance.now() < deadline);
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
    async drain({ graceMs, drainMs }) {
      const deadline = performance.now() + graceMs;
      for (const response of unanswered) if (!response.headersSent) response.setHeader("connection", "close");
      await acceptWaiting(deadline);
      // Nobody has come yet, so that nobody has to be waited for.
      if (!server) return 0;
      const listening = server;
      // Not `server.close()`, which would close connections at rest at once, with requests on their way.
      const closed = new Promise<void>((resolve) => {
        net.Server.prototype.close.call(listening, () => resolve());
      });
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
