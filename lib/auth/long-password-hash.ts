import { createHash } from "node:crypto";

/** Characters of each hash in lib/auth/long-passwords.ts: 48 bits, so that no good password is taken for one of them. */
export const HASH_LENGTH = 8;

/** What stands for a password in a list of well-known ones, whose words are not fit to be read. */
export const longPasswordHash = (password: string): string =>
  createHash("sha256").update(password).digest("base64").slice(0, HASH_LENGTH);
