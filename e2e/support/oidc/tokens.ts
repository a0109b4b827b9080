import { createHmac } from "node:crypto";
import { decodeJwt, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { IdentityProvider, Tampering } from "./provider";

/** ID tokens as a provider must not make them. */

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Changes the ID token of a token answer, which is signed anew by `sign`. */
const withToken =
  (change: (claims: JWTPayload) => JWTPayload, sign: (claims: JWTPayload) => Promise<string>): Tampering =>
  async ({ status, body }) => {
    const answer = JSON.parse(body) as { id_token?: string };
    if (answer.id_token === undefined) return { status, body };
    return { status, body: JSON.stringify({ ...answer, id_token: await sign(change(decodeJwt(answer.id_token))) }) };
  };

const signedBy = (key: CryptoKey | Uint8Array, header: { alg: string; kid?: string }) => (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader(header).sign(key);

/** Signed as it should be, with other claims. */
export const claiming = ({ key }: IdentityProvider, claims: JWTPayload): Tampering =>
  withToken((before) => ({ ...before, ...claims }), signedBy(key.privateKey, { alg: "RS256", kid: key.kid }));

/** Without one of the claims. */
export const lacking = ({ key }: IdentityProvider, claim: string): Tampering =>
  withToken(
    (before) => Object.fromEntries(Object.entries(before).filter(([name]) => name !== claim)),
    signedBy(key.privateKey, { alg: "RS256", kid: key.kid }),
  );

const same = (claims: JWTPayload) => claims;

/** The right claims, signed by a key that is not the provider's. */
export const signedByStranger = (kid: string | undefined): Tampering =>
  withToken(same, async (claims) => {
    const { privateKey } = await generateKeyPair("RS256");
    return signedBy(privateKey, { alg: "RS256", ...(kid !== undefined && { kid }) })(claims);
  });

/** Not signed at all. */
export const unsigned = (): Tampering =>
  withToken(same, async (claims) => `${encoded({ alg: "none" })}.${encoded(claims)}.`);

/** Signed with a secret that others know too: the public key, or what the provider and the app share. */
export const signedWith = (
  secret: (provider: IdentityProvider) => Promise<string>,
  provider: IdentityProvider,
): Tampering =>
  withToken(same, async (claims) => {
    const content = `${encoded({ alg: "HS256", kid: provider.key.kid })}.${encoded(claims)}`;
    const signature = createHmac("sha256", await secret(provider))
      .update(content)
      .digest("base64url");
    return `${content}.${signature}`;
  });

export const publicKeyOf = ({ key }: IdentityProvider): Promise<string> => exportSPKI(key.publicKey);
