import { describe, expect, it } from "vitest";
import { routes } from "@/lib/routes";
import { maskedAddress, maskedText } from "./masked";

const TOKEN = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

const withToken = Object.keys(routes).filter((pattern) => pattern.includes("[token]"));

it("knows the pages whose address has a token", () => {
  expect(withToken.length).toBeGreaterThanOrEqual(3);
});

describe.each(withToken)("%s", (pattern) => {
  const path = pattern.replace("[token]", TOKEN).replaceAll(/\[\w+\]/g, "018f");

  it.each([
    path,
    `${path}/`,
    `${path}?from=mail`,
    `${path}.rsc`,
    `${path}/more`,
    `/es${path}`,
    `//${path}`,
    path.replaceAll("/", "//"),
    path.toUpperCase().replace(TOKEN.toUpperCase(), TOKEN),
    path.replace("/", "/%2e/").replace("e", "%65"),
    path.replaceAll("/", "%2F"),
    `https://gatehouse.test${path}#top`,
    path.replace(TOKEN, `${TOKEN}%0A${TOKEN}`),
  ])("%s is told without its token", (address) => {
    expect(maskedAddress(address)).toContain("[token]");
    expect(maskedAddress(address)).not.toContain(TOKEN);
    expect(maskedText(`GET ${address} 303`)).not.toContain(TOKEN);
  });
});

it.each([
  ["/admin/users?q=ann@example.com", "/admin/users"],
  ["/login#top", "/login"],
  ["/admin/users/018f/edit", "/admin/users/018f/edit"],
  ["/reset-password", "/reset-password"],
  ["/100%", "/100%"],
  ["/a%20b", "/a%20b"],
  ["", ""],
])("%j is told as %j", (address, told) => {
  expect(maskedAddress(address)).toBe(told);
});

it("is never endless", () => {
  expect(maskedAddress(`/${"x".repeat(10_000)}`)).toHaveLength(500);
});

it("leaves all but addresses in a text", () => {
  expect(maskedText("fetch GET https://id.test/token?code=1 (again?)")).toBe(
    "fetch GET https://id.test/token (again?)",
  );
});
