import { cookies } from "next/headers";
import { config } from "@/lib/config/env";
import { linkPath, type MailedPurpose } from "./links";

/**
 * Carries an opened link from its address, which histories and logs keep, to the form behind it. Only that page gets it,
 * and it says nothing that the link does not.
 */

/** Seconds in which the form can be filled in. */
const LIFETIME = 3600;

const cookieName = () => (config().isHttps ? "__Secure-gatehouse-link" : "gatehouse-link");

const options = (purpose: MailedPurpose) =>
  ({
    path: linkPath(purpose),
    httpOnly: true,
    // The link is opened from a mail: a strict cookie would not come along to the page that it leads to.
    sameSite: "lax",
    secure: config().isHttps,
  }) as const;

export type OpenedLink = { userId: string; token: string };

/** For handlers: keeps the link for the page that the answer leads to. */
export async function keepLink(purpose: MailedPurpose, { userId, token }: OpenedLink): Promise<void> {
  (await cookies()).set(cookieName(), `${userId}.${token}`, { ...options(purpose), maxAge: LIFETIME });
}

/** The link that this browser has opened, if any; checked by whoever uses it. */
export async function keptLink(): Promise<OpenedLink | null> {
  const value = (await cookies()).get(cookieName())?.value ?? "";
  const dot = value.indexOf(".");
  return dot < 0 ? null : { userId: value.slice(0, dot), token: value.slice(dot + 1) };
}

/** For actions: forgets the link. */
export async function dropLink(purpose: MailedPurpose): Promise<void> {
  (await cookies()).set(cookieName(), "", { ...options(purpose), maxAge: 0 });
}
