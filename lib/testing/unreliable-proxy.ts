import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type UnreliableProxy = {
  /** `url` by way of the proxy. */
  url: string;
  /** Cuts all connections and refuses the next ones, so many. */
  fail(refusals: number): void;
  /** Takes connections and what comes on them, and says nothing any more, as a server that was stopped; or goes on. */
  hang(isHanging: boolean): void;
  /** How many clients are connected. */
  connections(): number;
  close(): Promise<void>;
};

/** Stands between the app and a server, to let the server be away for a while. */
export async function startUnreliableProxy(url: string): Promise<UnreliableProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let refusals = 0;
  let isHanging = false;

  function keep(socket: Socket, other: Socket): void {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (refusals > 0) {
      refusals -= 1;
      client.destroy();
      return;
    }
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    keep(client, upstream);
    keep(upstream, client);
    upstreams.add(upstream);
    upstream.once("close", () => upstreams.delete(upstream));
    if (isHanging) upstream.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: proxied.href,
    fail(count) {
      refusals = count;
      cut();
    },
    hang(hanging) {
      isHanging = hanging;
      for (const upstream of upstreams) isHanging ? upstream.pause() : upstream.resume();
    },
    connections: () => upstreams.size,
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
