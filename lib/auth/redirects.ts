import { config } from "@/lib/config/env";

const BASE = "http://base.invalid";

/**
 * A path on this site that may be redirected to, or `otherwise`. Accepts only what starts with a single slash and still
 * means the same after the URL parser has had its way with it; returns the parsed form, never the raw input.
 */
export function safePath(raw: unknown, otherwise: string): string {
  if (typeof raw !== "string" || raw.length > 2048 || !/^\/(?![/\\])/.test(raw)) return otherwise;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and newlines inside URLs.
  if (/[\u0000-\u001f\u007f\\]/.test(raw)) return otherwise;
  try {
    const url = new URL(raw, BASE);
    const path = url.pathname + url.search + url.hash;
    // /./ and /../ can leave a double slash in front, which browsers read as another host.
    return url.origin === BASE && !path.startsWith("//") ? path : otherwise;
  } catch {
    return otherwise;
  }
}

/** Where an anonymous visitor of `location` is sent to. */
export function loginPath(location: string | null): string {
  const next = safePath(location, "");
  return next === "" || next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`;
}

/** Whether /login leads on to this path, so that nobody has to press a button there. */
export function isLoginTarget(pathname: string): boolean {
  const { LOGIN_AUTHENTICATOR, REDIRECT_LOGIN_TARGET } = config();
  return LOGIN_AUTHENTICATOR === "redirect" && REDIRECT_LOGIN_TARGET?.split(/[?#]/)[0] === pathname;
}

/** `path` with `next` added to its query, unless that is where everybody goes. */
export function withNext(path: string, next: string, otherwise: string): string {
  return next === otherwise ? path : `${path}${path.includes("?") ? "&" : "?"}next=${encodeURIComponent(next)}`;
}
