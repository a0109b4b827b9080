import net from "node:net";
import { config } from "@/lib/config/env";
import type { RequestFacts } from "@/lib/context";

/** Set by this app on every request (see instrumentation.ts and middleware.ts); what a client sends under these names is dropped. */
export const HEADER = {
  /** The peer of the connection. */
  socket: "x-gatehouse-socket",
  /** Not empty when the client router asks, as opposed to a person; Next.js hides its own header from the middleware. */
  isFetch: "x-gatehouse-fetch",
  requestId: "x-request-id",
  /** Path and query as the browser sees them. */
  location: "x-gatehouse-location",
  nonce: "x-nonce",
} as const;

/** One spelling per address: IPv4 inside IPv6 is unwrapped, zones and brackets go. Null if it is no address. */
export function canonicalAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[|\](:\d+)?$/g, "")
    .replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  const address = mapped ?? bare;
  if (net.isIPv4(address)) return address;
  return net.isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : null;
}

/**
 * The address of the client. With n trusted proxies the last n entries of "X-Forwarded-For, socket" are theirs, and the
 * one before is the client; with none, only the socket counts and headers are not believed.
 */
export function clientAddress(headers: Headers): string | null {
  const socket = headers.get(HEADER.socket);
  const proxies = config().TRUSTED_PROXIES;
  if (proxies === 0) return socket && canonicalAddress(socket);
  const chain = [...(headers.get("x-forwarded-for") ?? "").split(","), socket ?? ""].filter((hop) => hop.trim() !== "");
  const client = chain.at(Math.max(0, chain.length - 1 - proxies));
  return client ? canonicalAddress(client) : null;
}

export function requestFacts(headers: Headers): RequestFacts {
  return {
    ip: clientAddress(headers),
    userAgent: headers.get("user-agent")?.slice(0, 512) ?? null,
    requestId: headers.get(HEADER.requestId),
  };
}
