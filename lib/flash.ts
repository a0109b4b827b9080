import { cookies } from "next/headers";
import { config } from "@/lib/config/env";
import { hostCookieName } from "@/lib/cookie-name";
import type { MessageParams } from "@/lib/errors";

/**
 * A message that survives one redirect, as a message key below `flash` with its arguments. The cookie is readable by
 * scripts so that the page can drop it once shown; it carries no authority and no markup.
 */
export type Flash = { kind: "status" | "alert"; key: string; params?: MessageParams };

export const flashCookieName = () => hostCookieName("gatehouse-flash");

export const flashCookieOptions = () => ({ path: "/", sameSite: "lax", maxAge: 60, secure: config().isHttps }) as const;

/** What drops the cookie, as a header or a script has it. Browsers ignore it without what the prefix of the name demands. */
export const droppedFlash = (): string =>
  `${flashCookieName()}=; Path=/; Max-Age=0; SameSite=Lax${config().isHttps ? "; Secure" : ""}`;

export const encodeFlash = (flash: Flash): string => Buffer.from(JSON.stringify(flash)).toString("base64url");

/** Leaves a message for the page that the answer leads to; for actions and handlers. */
export async function setFlash(flash: Flash): Promise<void> {
  (await cookies()).set(flashCookieName(), encodeFlash(flash), flashCookieOptions());
}

/** The message waiting for this page, if any; what is not one of ours is ignored. */
export async function readFlash(): Promise<Flash | null> {
  const raw = (await cookies()).get(flashCookieName())?.value;
  if (!raw) return null;
  try {
    const value = JSON.parse(Buffer.from(raw, "base64url").toString()) as Partial<Flash>;
    const { kind, key, params } = value;
    if ((kind !== "status" && kind !== "alert") || typeof key !== "string") return null;
    return { kind, key, ...(params && typeof params === "object" && { params }) };
  } catch {
    return null;
  }
}
