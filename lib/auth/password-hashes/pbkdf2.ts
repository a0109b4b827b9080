import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Scheme, Verify } from "./scheme";

/** PBKDF2 with SHA-256 as passlib and Django write it. */

const derive = promisify(pbkdf2);

const DIGEST_BYTES = 32;
const ROUNDS_MIN = 1_000;
const ROUNDS_MAX = 5_000_000;

function verifier(rounds: number, salt: Buffer, checksum: Buffer): Verify | undefined {
  if (rounds < ROUNDS_MIN || rounds > ROUNDS_MAX || checksum.length !== DIGEST_BYTES) return undefined;
  return async (password) => timingSafeEqual(await derive(password, salt, rounds, DIGEST_BYTES, "sha256"), checksum);
}

/** passlib's base64 has a dot for the plus, and no padding. */
const adapted = (text = "") => Buffer.from(text.replaceAll(".", "+"), "base64");

const PASSLIB = /^\$pbkdf2-sha256\$(?<rounds>\d{1,7})\$(?<salt>[A-Za-z0-9./]{0,1400})\$(?<checksum>[A-Za-z0-9./]{43})$/;

export const passlibPbkdf2: Scheme = (stored) => {
  const parts = PASSLIB.exec(stored)?.groups;
  return parts && verifier(Number(parts.rounds), adapted(parts.salt), adapted(parts.checksum));
};

const DJANGO = /^pbkdf2_sha256\$(?<rounds>\d{1,7})\$(?<salt>[^$]{1,1024})\$(?<checksum>[A-Za-z0-9+/]{43}=)$/;

export const djangoPbkdf2: Scheme = (stored) => {
  const { rounds, salt = "", checksum = "" } = DJANGO.exec(stored)?.groups ?? {};
  return rounds ? verifier(Number(rounds), Buffer.from(salt), Buffer.from(checksum, "base64")) : undefined;
};
