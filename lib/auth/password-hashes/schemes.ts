import { argon2 } from "./argon2";
import { bcrypt, djangoBcryptSha256, passlibBcryptSha256 } from "./bcrypt";
import { djangoPbkdf2, passlibPbkdf2 } from "./pbkdf2";
import type { Scheme, Verify } from "./scheme";

/** What is understood: one file and one line each. */
const schemes: readonly Scheme[] = [
  argon2,
  bcrypt,
  djangoBcryptSha256,
  djangoPbkdf2,
  passlibBcryptSha256,
  passlibPbkdf2,
];

/** The longest that any of them writes is far shorter. */
const HASH_MAX = 4096;

/** What verifies passwords against `stored`; undefined for what is no hash of a known scheme within bounds. */
export function verifierOf(stored: string): Verify | undefined {
  if (stored.length > HASH_MAX) return undefined;
  for (const scheme of schemes) {
    const verify = scheme(stored);
    if (verify) return verify;
  }
  return undefined;
}

/** Whether passwords can be verified against this text, so that it may be stored as somebody's hash. */
export const isVerifiableHash = (text: string): boolean => verifierOf(text) !== undefined;
