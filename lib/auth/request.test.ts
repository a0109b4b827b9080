import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withEnvironment } from "@/lib/testing/environment";
import { propertyRuns } from "@/lib/testing/property-runs";
import { addressBlock, canonicalAddress, clientAddress, HEADER, requestFacts } from "./request";

const SOCKET = "192.0.2.9";
const CLIENT = "203.0.113.7";

const addressOf = (proxies: number, headers: Record<string, string>) =>
  withEnvironment({ TRUSTED_PROXIES: String(proxies) }, () =>
    clientAddress(new Headers({ [HEADER.socket]: SOCKET, ...headers })),
  );

describe("clientAddress", () => {
  it.each<[string, number, string | undefined, string]>([
    ["no proxy: the socket", 0, undefined, SOCKET],
    ["no proxy: headers are not believed", 0, CLIENT, SOCKET],
    ["one proxy: what it has added", 1, CLIENT, CLIENT],
    ["one proxy: not what the client has sent", 1, `198.51.100.1, ${CLIENT}`, CLIENT],
    ["one proxy: however much the client has sent", 1, `${"10.0.0.1,".repeat(50)}${CLIENT}`, CLIENT],
    ["one proxy: no header at all, so somebody has gone around it", 1, undefined, SOCKET],
    ["two proxies: the one before the last", 2, `${CLIENT}, 10.0.0.2`, CLIENT],
    ["two proxies: not what the client has sent", 2, `198.51.100.1, ${CLIENT}, 10.0.0.2`, CLIENT],
    ["two proxies, one hop: the farthest there is", 2, "10.0.0.2", "10.0.0.2"],
    ["three proxies, no hop: the socket", 3, undefined, SOCKET],
    ["blanks and empty entries do not count", 1, ` ,, 198.51.100.1 ,  ${CLIENT}  `, CLIENT],
  ])("%s", async (_, proxies, forwarded, expected) => {
    expect(await addressOf(proxies, forwarded === undefined ? {} : { "x-forwarded-for": forwarded })).toBe(expected);
  });

  it("is not led by other headers", async () => {
    const others = { forwarded: "for=198.51.100.1", "x-real-ip": "198.51.100.1", "cf-connecting-ip": "198.51.100.1" };
    expect(await addressOf(0, others)).toBe(SOCKET);
    expect(await addressOf(1, { ...others, "x-forwarded-for": CLIENT })).toBe(CLIENT);
  });

  it("takes no entry of the client's for the one of a proxy when the socket is unknown", async () => {
    expect(await addressOf(1, { [HEADER.socket]: "", "x-forwarded-for": `198.51.100.1, ${CLIENT}` })).toBe(CLIENT);
  });

  it("is unknown where the entry is no address", async () => {
    expect(await addressOf(1, { "x-forwarded-for": "198.51.100.1, unknown" })).toBeNull();
    expect(await addressOf(0, { [HEADER.socket]: "" })).toBeFalsy();
  });
});

describe("canonicalAddress", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    [" 203.0.113.7 ", "203.0.113.7"],
    ["203.0.113.7:4711", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:203.0.113.7", "203.0.113.7"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["::1", "::1"],
  ])("of %s is %s", (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });

  it.each([
    "",
    " ",
    "unknown",
    "_hidden",
    "localhost",
    "203.0.113",
    "203.0.113.256",
    "0x7f.1",
    "1.2.3.4, 5.6.7.8",
    ":::1",
    "[",
    "%",
    "a".repeat(10_000),
  ])("of %j is none", (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });
});

const octet = fc.nat(255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));
const hextets = (count: number) => fc.array(fc.nat(0xffff), { minLength: count, maxLength: count });
const spelt = (groups: readonly number[], isUpper = false) => {
  const text = groups.map((group) => group.toString(16)).join(":");
  return isUpper ? text.toUpperCase() : text;
};

describe("whatever a client makes up", () => {
  // As a header can carry it: visible ASCII, commas and blanks included.
  const madeUp = fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:,[]% "=;forunkw_-'), maxLength: 40 });
  const lie = fc.oneof(
    ipv4,
    madeUp,
    hextets(8).map((groups) => spelt(groups)),
    fc.constant(SOCKET),
  );
  const others = ["forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-forwarded"];
  const lies = fc.record({ forwarded: fc.array(lie, { maxLength: 6 }), other: lie });

  it("does not move its address: behind n proxies the one before theirs counts, and with none the socket", async () => {
    for (const proxies of [0, 1, 2, 3]) {
      const theirs = Array.from({ length: Math.max(0, proxies - 1) }, (_, n) => `10.0.0.${n + 1}`);
      await withEnvironment({ TRUSTED_PROXIES: String(proxies) }, () =>
        fc.assert(
          fc.property(lies, ipv4, ({ forwarded, other }, client) => {
            const hops = proxies === 0 ? forwarded : [...forwarded, client, ...theirs];
            const headers = new Headers({ [HEADER.socket]: SOCKET, "x-forwarded-for": hops.join(", ") });
            for (const name of others) headers.set(name, other);
            expect(clientAddress(headers)).toBe(proxies === 0 ? SOCKET : client);
          }),
          propertyRuns(500, 4),
        ),
      );
    }
  });

  it("is one block for a /64 of IPv6 in any spelling, and two for two of them", () => {
    const blockOf = (text: string) => addressBlock(canonicalAddress(text) ?? "");
    // Outside of ::/16, where the addresses that stand for IPv4 are.
    const network = fc.tuple(fc.integer({ min: 1, max: 0xffff }), hextets(3)).map(([first, rest]) => [first, ...rest]);
    fc.assert(
      fc.property(network, network, hextets(4), hextets(4), (net, other, host, another) => {
        const block = blockOf(spelt([...net, ...host]));
        expect(blockOf(`[${spelt([...net, ...another], true)}]:443`)).toBe(block);
        expect(blockOf(spelt([...other, ...host])) === block).toBe(spelt(net) === spelt(other));
      }),
      propertyRuns(500),
    );
  });

  it("is the IPv4 address, in whatever way IPv6 wraps it", () => {
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = [a, b, c, d].join(".");
        const inHex = spelt([(a << 8) | b, (c << 8) | d]);
        for (const text of [
          plain,
          `::ffff:${plain}`,
          `::FFFF:${inHex}`,
          `[0:0:0:0:0:ffff:${inHex}]:80`,
          `${plain}:80`,
        ]) {
          expect(canonicalAddress(text)).toBe(plain);
        }
        expect(addressBlock(plain)).toBe(plain);
      }),
      propertyRuns(300),
    );
  });
});

describe("requestFacts", () => {
  it("cuts an overlong user agent, and leaves out what is missing", () => {
    const facts = requestFacts(new Headers({ [HEADER.socket]: "::ffff:127.0.0.1", "user-agent": "x".repeat(9000) }));
    expect(facts).toEqual({ ip: "127.0.0.1", userAgent: "x".repeat(512), requestId: null, locale: "en" });
  });

  it.each([
    [{ cookie: "a=b; gatehouse-locale=es" }, "es"],
    [{ cookie: "gatehouse-locale=xx", "accept-language": "es-MX,es;q=0.9" }, "es"],
    [{ cookie: "other-gatehouse-locale=es" }, "en"],
  ])("takes the language of the answer from %j", (headers, locale) => {
    expect(requestFacts(new Headers(headers as Record<string, string>)).locale).toBe(locale);
  });
});
