import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider, { type JWK } from "oidc-provider";

/** A real OpenID Connect provider on a port of its own, with what can be made to go wrong at its endpoints. */

export type Person = Record<string, unknown>;

/** An answer of the provider on its way out. */
export type Answer = { status: number; body: string };

/** What is sent instead of it. */
export type Sent = {
  status: number;
  body: string | Uint8Array;
  headers?: Record<string, string>;
  /** How it ends where it does not end well: the rest never comes, or the connection breaks. */
  ending?: "never" | "broken";
};

export type Endpoint = "discovery" | "jwks" | "token" | "userinfo";

/** Changes an answer; whoever waits in it makes the provider slow. */
export type Tampering = (answer: Answer) => Sent | Promise<Sent>;

const PATHS: Record<string, Endpoint> = {
  "/.well-known/openid-configuration": "discovery",
  "/jwks": "jwks",
  "/token": "token",
  "/me": "userinfo",
};

export type IdentityProvider = {
  issuer: string;
  clientId: string;
  /** The claims of whoever may log in there, by subject; others have an address of their own that is verified. */
  people: Map<string, Person>;
  /** What happens to the answers of an endpoint from now on. */
  tamper: Partial<Record<Endpoint, Tampering>>;
  /** The key that it signs with. */
  key: { kid: string; privateKey: CryptoKey; publicKey: CryptoKey };
  /** How many requests each endpoint has had. */
  requests: Record<Endpoint, number>;
  stop: () => Promise<void>;
};

export type ProviderOptions = {
  port: number;
  /** Tells this one's cookies from those of another on the same host. */
  name: string;
  redirectUris: string[];
  postLogoutRedirectUris?: string[];
  /** Below which it is, if anything; `/` alone only makes the issuer end so. */
  path?: string;
  /** That of one which has stopped and comes back. */
  key?: IdentityProvider["key"];
};

export const CLIENT_SECRET = "a secret between the provider and the app";

/**
 * The issuer of the provider that will listen on a port, for settings that have to be there before it.
 * @param path of an issuer that has one
 */
export const issuerOn = (port: number, path = ""): string => `http://127.0.0.1:${port}${path}`;

/** The profile for OIDC_PROFILES of the provider that will listen on `port`. */
export function profileOn(port: number, name: string, more: Record<string, unknown> = {}) {
  const client = { issuer: issuerOn(port), clientId: `gatehouse-${name}`, clientSecret: CLIENT_SECRET };
  return { name, client, ...more };
}

/** Lets `answer` change what the handler would send; the handler sees nothing of it. */
function intercept(response: ServerResponse, change: Tampering): void {
  const { end, write } = response;
  const parts: Buffer[] = [];
  const keep = (part: unknown) => {
    if (typeof part === "string" || part instanceof Uint8Array) parts.push(Buffer.from(part));
    return true;
  };
  response.write = keep as typeof response.write;
  response.end = ((part?: unknown) => {
    keep(part);
    const answer = { status: response.statusCode, body: Buffer.concat(parts).toString() };
    void Promise.resolve(change(answer)).then(({ status, body, headers = {}, ending }) => {
      response.statusCode = status;
      response.setHeader("content-length", Buffer.byteLength(body) + (ending ? 1 : 0));
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (!ending) end.call(response, body, "utf8");
      else write.call(response, body, "utf8", () => ending === "broken" && response.destroy());
    });
    return response;
  }) as typeof response.end;
}

/** Starts one; it knows everybody, by whatever name and password they give. */
export async function startIdentityProvider(options: ProviderOptions): Promise<IdentityProvider> {
  const { port, name, redirectUris, postLogoutRedirectUris = [], path = "" } = options;
  const issuer = issuerOn(port, path);
  const below = path.replace(/\/$/, "");
  const clientId = `gatehouse-${name}`;
  const key = options.key ?? { kid: `key-of-${name}`, ...(await generateKeyPair("RS256", { extractable: true })) };
  const jwk = { ...(await exportJWK(key.privateKey)), kid: key.kid, alg: "RS256", use: "sig" } as JWK;
  const people = new Map<string, Person>();
  const claimsOf = (sub: string) => ({
    email: sub.includes("@") ? sub : `${sub}@${name}.example.com`,
    email_verified: true,
    ...people.get(sub),
    sub,
  });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: CLIENT_SECRET,
        redirect_uris: redirectUris,
        post_logout_redirect_uris: postLogoutRedirectUris,
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [jwk] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups", "upn", "_claim_names"] },
    cookies: {
      keys: [name],
      names: { interaction: `_interaction_${name}`, resume: `_resume_${name}`, session: `_session_${name}` },
    },
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => claimsOf(sub) }),
    // Whoever logs in there has agreed to the app's seeing the claims.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ accountId: oidc.session?.accountId ?? "", clientId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
  });
  const handle = provider.callback();
  const tamper: IdentityProvider["tamper"] = {};
  const requests = { discovery: 0, jwks: 0, token: 0, userinfo: 0 };
  const server = createServer((request: IncomingMessage & { originalUrl?: string }, response: ServerResponse) => {
    request.originalUrl = request.url ?? "/";
    request.url = request.originalUrl.slice(below.length);
    const endpoint = PATHS[new URL(request.url ?? "/", issuer).pathname];
    if (endpoint) requests[endpoint] += 1;
    const change = endpoint && tamper[endpoint];
    if (change) intercept(response, change);
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    issuer,
    clientId,
    people,
    tamper,
    key,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
