import { config } from "@/lib/config/env";
import { safePath } from "./redirects";

/** The cookie in which Auth.js keeps where a sign-in is to lead. Anybody who can set cookies may have written it. */

export const callbackCookieName = (): string => `${config().isHttps ? "__Secure-" : ""}authjs.callback-url`;

/** The path on this site that such an address means, or `otherwise`. */
export function pathOfCallback(address: string | undefined, otherwise: string): string {
  const { AUTH_URL } = config();
  return address?.startsWith(`${AUTH_URL}/`) ? safePath(address.slice(AUTH_URL.length), otherwise) : otherwise;
}

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
};

/**
 * Takes the cookie out of a request's headers where it means nothing on this site: Auth.js would answer whatever the request
 * asks with an error, as long as the browser keeps the cookie.
 */
export function dropForeignCallback(headers: Headers): void {
  const cookies = (headers.get("cookie") ?? "").split(/;\s*/);
  const isKept = (cookie: string) => {
    const [name, value = ""] = [cookie.split("=", 1)[0], cookie.slice(cookie.indexOf("=") + 1)];
    const address = decoded(value);
    return name !== callbackCookieName() || address === config().AUTH_URL || pathOfCallback(address, "") !== "";
  };
  if (!cookies.every(isKept)) headers.set("cookie", cookies.filter(isKept).join("; "));
}
