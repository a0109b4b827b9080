import { createHmac } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { SignJWT } from "jose";
import { config } from "@/lib/config/env";
import type { Database } from "@/lib/db/client";
import { withoutParameters } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { isNotDisabled } from "./active";
import { primaryAuthenticator } from "./authenticators/registry";
import { signingSecret, verifiedPayload } from "./jwt";

/**
 * Tokens of the links that are mailed. Nothing is stored: a token is a JWT whose key is derived from the secret, from what
 * it is for, and from the state of the account. It dies with the state: a sign-in, a new password or login id, enabling or
 * disabling make another key, and setting the password by it does too, which is what makes it good for one use.
 */

export type LinkPurpose =
  /** Set a new password. */
  | "reset"
  /** Prove to own the address, and set the first password. */
  | "verify"
  /** Make the address that the token went to the login id. */
  | "confirm-login"
  /** Send the verification mail once more; given to whoever knew the password. */
  | "resend";

/** Whether people can be mailed links to set a password; otherwise the pages behind them are not there. */
export const mailsPasswordLinks = (): boolean => config().mailEnabled && primaryAuthenticator().kind !== "redirect";

/** The account that a link is for, as it is at one moment. */
export type LinkHolder = {
  id: string;
  loginId: string;
  loginIdCanonical: string;
  passwordHash: string | null;
  /** Seconds since the epoch with all digits; empty for never. */
  lastLogin: string;
  isNotDisabled: boolean;
  isVerified: boolean;
  locale: string | null;
  /** Seconds since the epoch by the clock of the database. */
  now: number;
};

const ALGORITHM = "HS512";

/**
 * Reads the account that `where` finds.
 * @param mode `locked` holds its row until the transaction ends
 */
export async function findLinkHolder(
  db: Database,
  where: SQL,
  mode: "read" | "locked" = "read",
): Promise<LinkHolder | undefined> {
  const query = db
    .select({
      id: users.id,
      loginId: users.loginId,
      loginIdCanonical: users.loginIdCanonical,
      passwordHash: users.passwordHash,
      lastLogin: sql<string>`coalesce(extract(epoch from ${users.lastLoginAt})::text, '')`,
      isNotDisabled,
      isVerified: users.isVerified,
      locale: users.locale,
      now: sql<number>`extract(epoch from clock_timestamp())::float8`,
    })
    .from(users)
    .where(where);
  const [holder] = await withoutParameters(mode === "locked" ? query.for("update") : query.execute());
  return holder;
}

/** Confirming a new address asks for a session, so that signing in must not end the link. */
const stateOf = (holder: LinkHolder, purpose: LinkPurpose) => [
  "gatehouse link",
  purpose,
  holder.id,
  holder.loginIdCanonical,
  holder.passwordHash ?? "",
  purpose === "confirm-login" ? "" : holder.lastLogin,
  holder.isNotDisabled,
  holder.isVerified,
];

const keyFrom = (secret: string, holder: LinkHolder, purpose: LinkPurpose) =>
  createHmac("sha512", secret)
    .update(JSON.stringify(stateOf(holder, purpose)))
    .digest();

const claims = (purpose: LinkPurpose) => ({ issuer: config().AUTH_URL, audience: `link:${purpose}` });

/**
 * Signs a token for `holder`.
 * @param detail what else the token has to vouch for, such as the new address
 * @returns the token and when it expires, by the clock of the database
 */
export async function signLinkToken(
  holder: LinkHolder,
  purpose: LinkPurpose,
  { minutes = config().TOKEN_EXPIRE_MINS, detail }: { minutes?: number; detail?: string } = {},
): Promise<{ token: string; expiresAt: Date }> {
  const { issuer, audience } = claims(purpose);
  const expires = Math.floor(holder.now) + minutes * 60;
  const token = await new SignJWT({ purpose, ...(detail !== undefined && { detail }) })
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(holder.id)
    .setIssuedAt(Math.floor(holder.now))
    .setExpirationTime(expires)
    .sign(keyFrom(signingSecret(), holder, purpose));
  return { token, expiresAt: new Date(expires * 1000) };
}

/**
 * Whether `token` was signed for this holder, in this state, for this purpose, and has not expired. Links of disabled
 * accounts are not good for anything.
 * @returns what the token vouches for besides; null if it is not valid
 */
export async function checkLinkToken(
  holder: LinkHolder,
  purpose: LinkPurpose,
  token: string,
): Promise<{ detail?: unknown } | null> {
  if (!holder.isNotDisabled) return null;
  const payload = await verifiedPayload(token, (secret) => keyFrom(secret, holder, purpose), {
    ...claims(purpose),
    algorithms: [ALGORITHM],
    subject: holder.id,
    requiredClaims: ["exp", "iat"],
    currentDate: new Date(holder.now * 1000),
  });
  return payload?.purpose === purpose ? { detail: payload.detail } : null;
}

const PATHS = {
  reset: "/reset-password",
  verify: "/verify-account",
  "confirm-login": "/account/confirm-email",
} as const satisfies Partial<Record<LinkPurpose, string>>;

/** The purposes of the links that a browser opens. */
export type MailedPurpose = keyof typeof PATHS;

/** The page behind links of this purpose. */
export const linkPath = (purpose: MailedPurpose): (typeof PATHS)[MailedPurpose] => PATHS[purpose];

/** The address that is mailed. Its base is configured, never taken from a request. */
export const linkUrl = (purpose: MailedPurpose, userId: string, token: string): string =>
  `${config().AUTH_URL}${PATHS[purpose]}/${userId}/${token}`;
