import { describe, expect, it } from "vitest";
import { addressBlock, canonicalAddress } from "@/lib/auth/request";
import { attemptsPath } from "./path";

const filters = (path: string) => Object.fromEntries(new URL(path, "http://x").searchParams);

describe("attemptsPath", () => {
  it("asks for an account by its login id", () => {
    expect(filters(attemptsPath("account", "a+b&c@example.com"))).toEqual({ loginId: "a+b&c@example.com" });
    expect(filters(attemptsPath("account", "ends::/64"))).toEqual({ loginId: "ends::/64" });
  });

  it("asks for an IPv4 address as it is", () => {
    expect(filters(attemptsPath("address", "203.0.113.7"))).toEqual({ ip: "203.0.113.7" });
  });

  it.each([
    ["2a02:8109:9c40:1234:5:6:7:8", "2a02:8109:9c40:1234:"],
    ["2001:db8:1::9", "2001:db8:1:"],
    ["2001:db8::9", "2001:db8:"],
    ["2001:db8:0:1:2:3:4:5", "2001:db8:"],
    ["2001:db8:0:0:1:2:3:4", "2001:db8:"],
    ["::1", "::"],
  ])("asks for the block of %s by a text that the address contains", (typed, text) => {
    const address = canonicalAddress(typed) ?? "";
    const { ip } = filters(attemptsPath("address", addressBlock(address)));
    expect(ip).toBe(text);
    expect(address).toContain(text);
  });
});
