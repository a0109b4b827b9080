import { createHmac } from "node:crypto";
import os from "node:os";
import { hash, type Options } from "@node-rs/argon2";
import pLimit from "p-limit";
import { config } from "@/lib/config/env";
import { verifierOf } from "./password-hashes/schemes";

/** The library offers its names for algorithms only as a const enum, which single-file compilers cannot read. */
const ARGON2ID = 2;

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const options: Options = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** How every hash with these parameters begins. */
const CURRENT = `$argon2id$v=19$m=${options.memoryCost},t=${options.timeCost},p=${options.parallelism}$`;

/** Longer passwords are refused before any hashing, in bytes of UTF-8. */
export const PASSWORD_MAX_BYTES = 1024;

/** One core is left to everything else, which a flood of sign-ins must not starve. */
const queue = pLimit(Math.max(1, os.availableParallelism() - 1));

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

/** Systems that hashes come from took what was typed; what is hashed here is in normal form. */
const formsOf = (password: string, isCurrent: boolean): string[] =>
  isCurrent ? [normalPassword(password)] : [...new Set([password, normalPassword(password)])];

const isCurrentHash = (stored: string) => stored.startsWith(CURRENT);

/**
 * Whether `password` belongs to `stored`, in whatever known scheme that is; to what is no hash no password belongs.
 * Without a stored hash the same work is done on a dummy, so that the time does not tell whether an account exists.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  if (isTooLong(password)) return false;
  const known = verifierOf(stored ?? "");
  const verify = known ?? verifierOf(NOBODY);
  let matches = false;
  for (const form of formsOf(password, isCurrentHash(stored ?? NOBODY))) {
    matches ||= await queue(async () => (await verify?.(form).catch(() => false)) ?? false);
  }
  return matches && known !== undefined;
}

/**
 * The hash that shall replace `stored`, to which `password` belongs: for hashes of other schemes, or of other parameters than
 * today's. Its salt follows from the hash that it replaces, so that two sign-ins at the same moment make the same one and
 * neither finds the password changed by the other.
 * @returns undefined for a hash that is as it should be
 */
export async function upgradedHash(stored: string, password: string): Promise<string | undefined> {
  if (isCurrentHash(stored)) return undefined;
  // Keyed, so that the salt tells nothing about the weaker hash.
  const salt = createHmac("sha256", config().AUTH_SECRET[0] ?? "")
    .update(stored)
    .digest()
    .subarray(0, 16);
  return queue(() => hash(normalPassword(password), { ...options, salt }));
}
