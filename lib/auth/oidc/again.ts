import { cookies } from "next/headers";
import { config } from "@/lib/config/env";
import { hostCookieName } from "@/lib/cookie-name";

/** Remembers, while the browser is at a provider, since when somebody has been asked there to sign in again. */

const LIFETIME_SECONDS = 900;

const cookieName = () => hostCookieName("gatehouse-again");

const options = () => ({ path: "/", httpOnly: true, sameSite: "lax", secure: config().isHttps }) as const;

const seconds = () => Math.floor(Date.now() / 1000);

/** For handlers: whoever comes back from this profile must have signed in there from now on. */
export async function askAgain(profile: string): Promise<void> {
  const value = `${profile}.${seconds()}`;
  (await cookies()).set(cookieName(), value, { ...options(), maxAge: LIFETIME_SECONDS });
}

/** Since when people must have signed in there, in seconds of the epoch; undefined where any sign-in will do. */
export async function askedAgainAt(profile: string): Promise<number | undefined> {
  const [name, at] = (await cookies()).get(cookieName())?.value.split(".") ?? [];
  // What is no time is later than any sign-in, so that it lets nobody in.
  return name === profile ? Math.max(Number(at), seconds() - LIFETIME_SECONDS) : undefined;
}

/** For actions and handlers: any sign-in will do. */
export async function dropAgain(): Promise<void> {
  (await cookies()).set(cookieName(), "", { ...options(), maxAge: 0 });
}
