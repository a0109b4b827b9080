import { createHash, createHmac } from "node:crypto";
import { verify } from "@node-rs/bcrypt";
import type { Scheme } from "./scheme";

/** bcrypt of passwords as they are, and of their digests, which passlib and Django use to get past its 72 bytes. */

const BCRYPT = /^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/;

/** A step more is twice the work: 14 takes about a second. */
const isBounded = (cost: number) => cost >= 4 && cost <= 14;

const BASE64 = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Position of the last character of the salt, behind `$2b$12$`. Only its first two bits belong to the salt. */
const SALT_END = 28;

/** Some systems wrote the other bits as they came; the library takes them for another salt. */
function tidy(encoded: string): string {
  const bits = BASE64.indexOf(encoded.charAt(SALT_END)) & 0b110000;
  return encoded.slice(0, SALT_END) + BASE64.charAt(bits) + encoded.slice(SALT_END + 1);
}

const matches = (password: string, encoded: string) => verify(password, tidy(encoded));

const boundedBcrypt = (encoded: string) => isBounded(Number(BCRYPT.exec(encoded)?.groups?.cost));

/** `$2a$`, `$2b$` and `$2y$`; Django puts `bcrypt$` before them. */
export const bcrypt: Scheme = (stored) => {
  const encoded = stored.replace(/^bcrypt\$(?=\$)/, "");
  return boundedBcrypt(encoded) ? (password) => matches(password, encoded) : undefined;
};

/** Django's `bcrypt_sha256$`: the password is its SHA-256 in hexadecimal. */
export const djangoBcryptSha256: Scheme = (stored) => {
  const [, encoded = ""] = /^bcrypt_sha256\$(\$.*)$/.exec(stored) ?? [];
  if (!boundedBcrypt(encoded)) return undefined;
  return (password) => matches(createHash("sha256").update(password).digest("hex"), encoded);
};

const PASSLIB =
  /^\$bcrypt-sha256\$(?<keyed>v=2,t=)?(?<ident>2[aby]),(?:r=)?(?<cost>\d{1,2})\$(?<salt>[./A-Za-z0-9]{22})\$(?<digest>[./A-Za-z0-9]{31})$/;

/**
 * passlib's `$bcrypt-sha256$`: the password is its SHA-256 in base64, since version 2 keyed by the salt, so that a digest
 * stolen elsewhere is of no use.
 */
export const passlibBcryptSha256: Scheme = (stored) => {
  const { keyed, ident, cost = "", salt = "", digest } = PASSLIB.exec(stored)?.groups ?? {};
  const encoded = `$${ident}$${cost.padStart(2, "0")}$${salt}${digest}`;
  if (!boundedBcrypt(encoded)) return undefined;
  const hash = () => (keyed ? createHmac("sha256", salt) : createHash("sha256"));
  return (password) => matches(hash().update(password).digest("base64"), encoded);
};
