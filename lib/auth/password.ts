import os from "node:os";
import { hash, type Options, verify } from "@node-rs/argon2";
import pLimit from "p-limit";

/** The library offers its names for algorithms only as a const enum, which single-file compilers cannot read. */
const ARGON2ID = 2;

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const options: Options = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Longer passwords are refused before any hashing, in bytes of UTF-8. */
export const PASSWORD_MAX_BYTES = 1024;

/** No more hashes at once than there are cores: a flood of sign-ins must not starve everything else. */
const queue = pLimit(os.availableParallelism());

/** The same password typed on different systems arrives in different Unicode forms (NIST SP 800-63B-4 §3.1.1.2). */
export const normalPassword = (password: string): string => password.normalize("NFC");

/** Whether `password` has more bytes than are ever hashed. */
export const isTooLong = (password: string): boolean =>
  Buffer.byteLength(normalPassword(password)) > PASSWORD_MAX_BYTES;

/** @returns a PHC string */
export function hashPassword(password: string): Promise<string> {
  return queue(() => hash(normalPassword(password), options));
}

/** The hash of a random password that nobody has kept. */
const NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$JXLXtaCJkycCue6iCymyLg$glGdD7OS5Oys+de/BCUhl0P51Ljt+m03zTj/7Xotojw";

/**
 * Whether `password` belongs to `stored`. Without a stored hash the same work is done on a dummy, so that the time does
 * not tell whether an account exists.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  if (isTooLong(password)) return false;
  const against = stored ?? NOBODY;
  const matches = await queue(() => verify(against, normalPassword(password)).catch(() => false));
  return matches && stored !== null && stored !== undefined;
}
