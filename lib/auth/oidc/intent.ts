import { SignJWT } from "jose";
import { cookies } from "next/headers";
import { signingSecret, verifiedPayload } from "@/lib/auth/jwt";
import { config } from "@/lib/config/env";
import { hostCookieName } from "@/lib/cookie-name";

/**
 * Remembers, while the browser is at a provider, that a signed-in user has asked to connect the identity there with the
 * account. Without it, whoever comes back is signed in as whom the identity belongs to; nothing is connected by the way.
 */

const LIFETIME_SECONDS = 900;
const ALGORITHM = "HS256";

const cookieName = () => hostCookieName("gatehouse-connect");

const options = () => ({ path: "/", httpOnly: true, sameSite: "lax", secure: config().isHttps }) as const;

const claimsFor = (profile: string) => ({ issuer: config().AUTH_URL, audience: `connect:${profile}` });

const keyFrom = (secret: string) => new TextEncoder().encode(`gatehouse connect ${secret}`);

/** For actions: the next return from this profile connects, as long as the session goes on. */
export async function intendToConnect(profile: string, sessionId: string): Promise<void> {
  const { issuer, audience } = claimsFor(profile);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(sessionId)
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(keyFrom(signingSecret()));
  (await cookies()).set(cookieName(), token, { ...options(), maxAge: LIFETIME_SECONDS });
}

/** Whether this session has asked to connect an identity of this profile. */
export async function intendsToConnect(profile: string, sessionId: string | null | undefined): Promise<boolean> {
  const token = (await cookies()).get(cookieName())?.value;
  if (!token || !sessionId) return false;
  const { issuer, audience } = claimsFor(profile);
  const expected = { issuer, audience, subject: sessionId, algorithms: [ALGORITHM] as [string] };
  return (await verifiedPayload(token, keyFrom, expected)) !== null;
}

/** For actions and handlers: nothing is asked for any more. */
export async function dropIntent(): Promise<void> {
  (await cookies()).set(cookieName(), "", { ...options(), maxAge: 0 });
}
