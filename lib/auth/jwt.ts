import { base64url, type JWTPayload, type JWTVerifyOptions, errors as joseErrors, jwtVerify } from "jose";
import { config } from "@/lib/config/env";

/** What the tokens that this app signs have in common, whatever they are for. */

/** Characters of a token that is looked at; ours have some 400. */
const MOST_CHARACTERS = 2048;

/**
 * The secret that signs.
 * @throws Error where there is none
 */
export function signingSecret(): string {
  const [secret] = config().AUTH_SECRET;
  if (!secret) throw new Error("AUTH_SECRET is not set: nothing can be signed.");
  return secret;
}

/** The last character of a part has spare bits, so that several spellings mean the same bytes; one is ours. */
function isCanonical(token: string): boolean {
  try {
    return token.split(".").every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}

/**
 * What a token of ours says. A secret that was rotated out still verifies as long as it is listed.
 * @param keyFrom makes the key of one secret
 * @param options what must hold besides the signature; always name the algorithm
 * @returns null if it is no such token
 */
export async function verifiedPayload(
  token: string,
  keyFrom: (secret: string) => Uint8Array,
  options: JWTVerifyOptions & { algorithms: [string] },
): Promise<JWTPayload | null> {
  if (token.length > MOST_CHARACTERS || !isCanonical(token)) return null;
  for (const secret of config().AUTH_SECRET) {
    try {
      return (await jwtVerify(token, keyFrom(secret), options)).payload;
    } catch (error) {
      if (!(error instanceof joseErrors.JOSEError)) throw error;
    }
  }
  return null;
}
