import { expect, it } from "vitest";
import { withEnvironment } from "@/lib/testing/environment";
import { requestIdFor } from "./request-id";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it("is made here, whatever a client sends", async () => {
  await withEnvironment({ TRUSTED_PROXIES: undefined }, () => {
    expect(requestIdFor(undefined)).toMatch(UUID);
    expect(requestIdFor("proxy-1234")).toMatch(UUID);
    expect(requestIdFor(undefined)).not.toBe(requestIdFor(undefined));
  });
});

it.each(["proxy-1234", "a.b_c-D09", "x".repeat(128)])("is %s where a trusted proxy says so", async (sent) => {
  await withEnvironment({ TRUSTED_PROXIES: "1" }, () => expect(requestIdFor(sent)).toBe(sent));
});

it.each(["short-1", "x".repeat(129), "with blank", "line\nbreak", 'quo"te-1234', "ünïcödé-1"])(
  "is made here in place of %j",
  async (sent) => {
    await withEnvironment({ TRUSTED_PROXIES: "1" }, () => expect(requestIdFor(sent)).toMatch(UUID));
  },
);
