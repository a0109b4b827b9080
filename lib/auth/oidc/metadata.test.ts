import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProfile } from "@/lib/auth/oidc/profiles";
import { withEnvironment } from "@/lib/testing/environment";
import { discover } from "./metadata";

/** Which addresses a provider may name in its description. */

let description: Record<string, string> = {};
const server = http.createServer((_request, response) => response.end(JSON.stringify(description)));
let issuer: string;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const production = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://localhost:1/nowhere",
  AUTH_SECRET: "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0hB",
  AUTH_URL: "https://gate.example.com",
};

/** What is said of a provider that names these endpoints; undefined where it is believed. */
function complaint(endpoints: Record<string, string>, environment: Record<string, string> = production) {
  description = {
    issuer,
    authorization_endpoint: "https://id.example.com/auth",
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: "https://id.example.com/me",
    jwks_uri: "https://keys.example.net/jwks",
    ...endpoints,
  };
  // Of each path another one, as descriptions are remembered.
  const path = `/${Math.random().toString(36).slice(2)}`;
  description.issuer = issuer + path;
  const profiles = [{ name: "corp", client: { issuer: issuer + path, clientId: "a", clientSecret: "b" } }];
  return withEnvironment({ ...environment, OIDC_PROFILES: JSON.stringify(profiles) }, async () => {
    const profile = findProfile("corp");
    if (!profile) throw new Error("no profile");
    return discover(profile).then(
      () => undefined,
      ({ message }: Error) => message,
    );
  });
}

describe("the endpoints of a provider", () => {
  it("may be on any host by https, and by http on this machine", async () => {
    expect(await complaint({})).toBeUndefined();
  });

  const names = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"];

  it.each(names)("must not be read by others on the way: %s", async (name) => {
    for (const url of [
      "http://id.example.com/x",
      "javascript://localhost/%0Aalert(1)",
      "data:text/html,x",
      "https://user:secret@id.example.com/x",
      "https://user@id.example.com/x",
      "/x",
    ]) {
      expect([url, await complaint({ [name]: url })]).toEqual([url, expect.stringContaining(`${name} must be https`)]);
    }
  });

  it("may be anywhere by http outside of production, but by nothing else", async () => {
    const development = { NODE_ENV: "test" };
    expect(await complaint({ token_endpoint: "http://id.example.com/x" }, development)).toBeUndefined();
    expect(await complaint({ token_endpoint: "javascript:alert(1)" }, development)).toContain("must be https");
  });
});
