import { once } from "node:events";
import type net from "node:net";
import tls, { type ConnectionOptions } from "node:tls";
import { BerReader, BerWriter } from "ldapts";

/**
 * StartTLS (RFC 4511 §4.14) before the library reads anything: it would keep what came in clear, and take what somebody in
 * the middle has planted there for the answer to the bind that follows.
 */

const START_TLS = "1.3.6.1.4.1.1466.20037";
const TAGS = { request: 0x77, requestName: 0x80 };

function startTlsRequest(): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(1);
  writer.startSequence(TAGS.request);
  writer.writeString(START_TLS, TAGS.requestName);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

/** @throws Error unless the answer is a yes and nothing besides: what follows it could be read as if it came encrypted */
function checkAgreed(answer: Buffer): void {
  const reader = new BerReader(answer);
  reader.readSequence();
  if (reader.remain !== reader.length) throw new Error("The server's answer to StartTLS is not one whole message.");
  reader.readInt();
  reader.readSequence();
  const code = reader.readEnumeration();
  if (code !== 0) throw new Error(`The server refuses StartTLS (result code ${code}).`);
}

/**
 * Encrypts a connection on which nothing has been said yet.
 * @throws Error if the server does not agree, or is not the one that it should be
 */
export async function startTls(socket: net.Socket, options: ConnectionOptions): Promise<net.Socket> {
  socket.write(startTlsRequest());
  const [answer] = (await Promise.race([
    once(socket, "data"),
    once(socket, "close").then(() => {
      throw new Error("The server closed the connection.");
    }),
  ])) as [Buffer];
  socket.pause();
  checkAgreed(answer);
  const encrypted = tls.connect({ ...options, socket });
  await once(encrypted, "secureConnect");
  return encrypted;
}
