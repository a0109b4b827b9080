import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";

/** A server on a free port of this machine that keeps what it is told. */
export type Recorder = {
  port: number;
  connections: () => number;
  /** Everything that clients have said, byte by byte; after TLS where it speaks that. */
  heard: () => string;
  close: () => Promise<void>;
};

type Options = {
  /** What it answers; left out, it says nothing at all. */
  onData?: (socket: net.Socket, chunk: Buffer) => void;
  /** In place of `onData`: what happens to a connection. Its data is kept in any case. */
  onConnection?: (socket: net.Socket) => void;
  /** Speaks TLS from the start, in PEM. */
  tls?: { key: Buffer; cert: Buffer };
};

export async function startRecorder({ onData, onConnection, tls: identity }: Options = {}): Promise<Recorder> {
  const sockets = new Set<net.Socket>();
  const chunks: Buffer[] = [];
  let connected = 0;

  function keep(socket: net.Socket): void {
    sockets.add(socket);
    // Of connections that the client cuts.
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  }

  function listenTo(socket: net.Socket): void {
    keep(socket);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      onData?.(socket, chunk);
    });
    onConnection?.(socket);
  }

  const server = identity ? tls.createServer(identity, listenTo) : net.createServer(listenTo);
  server.on("connection", (socket) => {
    connected += 1;
    keep(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    connections: () => connected,
    heard: () => Buffer.concat(chunks).toString("latin1"),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the client says goes to `port`, and what comes back goes, as `change` makes it, to the client. */
export function relayTo(port: number, change: (chunk: Buffer) => Buffer = (chunk) => chunk) {
  return (client: net.Socket): void => {
    const upstream = net.connect(port, "127.0.0.1");
    upstream.on("data", (chunk) => client.write(change(chunk)));
    client.on("data", (chunk) => upstream.write(chunk));
    upstream.on("error", () => client.destroy());
    upstream.once("close", () => client.destroy());
    client.once("close", () => upstream.destroy());
  };
}

/** What asks a directory server for StartTLS (RFC 4511 §4.14). */
export const STARTTLS_OID = "1.3.6.1.4.1.1466.20037";

const TAGS = { bind: 0x61, searchDone: 0x65, extended: 0x78 };

/** A directory server's answer to a short request: the result code, and nothing else (RFC 4511 §4.1.9). */
export function answer(request: Buffer, kind: keyof typeof TAGS, code: number): Buffer {
  const messageId = request[4] ?? 0;
  return Buffer.from([0x30, 0x0c, 0x02, 0x01, messageId, TAGS[kind], 0x07, 0x0a, 0x01, code, 0x04, 0, 0x04, 0]);
}
