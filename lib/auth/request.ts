import net from "node:net";
import { config } from "@/lib/config/env";
import type { RequestFacts } from "@/lib/context";
import { localeCookieName } from "@/lib/i18n/locale-cookie";
import { type Locale, negotiateLocale } from "@/lib/i18n/locales";

/** Set by this app on every request (lib/server/requests.ts, lib/middleware/handle.ts); what a client sends under these names is dropped. */
export const HEADER = {
  /** The peer of the connection. */
  socket: "x-gatehouse-socket",
  /** `navigation` or `prefetch` when the client router asks; Next.js hides its own headers from the middleware. */
  router: "x-gatehouse-router",
  requestId: "x-request-id",
  /** The method, which pages are not told otherwise. */
  method: "x-gatehouse-method",
  /** Path and query as the browser sees them. */
  location: "x-gatehouse-location",
} as const;

/** One spelling per address: IPv4 inside IPv6 is unwrapped, zones and brackets go. Null if it is no address. */
export function canonicalAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[|\](:\d+)?$/g, "")
    .replace(/%.*$/, "")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  if (net.isIPv4(bare)) return bare;
  if (!net.isIPv6(bare)) return null;
  const address = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]).join(".");
}

/**
 * The address of the client. With n trusted proxies the last n entries of "X-Forwarded-For, socket" are theirs, and the
 * one before is the client; with none, only the socket counts and headers are not believed.
 */
export function clientAddress(headers: Pick<Headers, "get">): string | null {
  const socket = headers.get(HEADER.socket);
  const proxies = config().TRUSTED_PROXIES;
  if (proxies === 0) return socket && canonicalAddress(socket);
  // The socket keeps its place even where it is unknown, or a client could move what is counted.
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").filter((hop) => hop.trim() !== "");
  const chain = [...hops, socket ?? ""];
  const client = chain.at(Math.max(0, chain.length - 1 - proxies));
  return client ? canonicalAddress(client) : null;
}

/**
 * What addresses are counted by: an IPv4 address, or the /64 of an IPv6 address, which is the least that one customer gets
 * (RFC 6177) and can send from at will.
 * @param address in its canonical form
 */
export function addressBlock(address: string): string {
  if (!net.isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const all = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - after.length).fill("0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}

/** The cookie of this name, as it was sent; of several the last, as Next.js has it. */
export const cookieIn = (headers: Headers, name: string): string | undefined =>
  (headers.get("cookie") ?? "")
    .split(/;\s*/)
    .findLast((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** The language of the answer to a visitor who may be signed in or not: cookie, Accept-Language, English. */
export const localeOf = (headers: Headers): Locale =>
  negotiateLocale(cookieIn(headers, localeCookieName()), headers.get("accept-language"));

/** What the audit trail, the session list and mails keep of a request; the user agent is cut at 512 characters. */
export function requestFacts(headers: Headers): RequestFacts {
  return {
    ip: clientAddress(headers),
    userAgent: headers.get("user-agent")?.slice(0, 512) ?? null,
    requestId: headers.get(HEADER.requestId),
    locale: localeOf(headers),
  };
}
