import { describe, expect, it } from "vitest";
import { withEnvironment } from "@/lib/testing/environment";
import { canonicalAddress, clientAddress, HEADER, requestFacts } from "./request";

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
