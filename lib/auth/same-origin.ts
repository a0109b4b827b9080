import { config } from "@/lib/config/env";

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/**
 * Whether a request may change something as far as its origin goes: browsers say where a request comes from, and only
 * this site may (ASVS 3.5.1). A request with neither header is refused, `null` and look-alikes as well.
 */
export function isSameOrigin(request: { method: string; headers: Headers }): boolean {
  if (SAFE_METHODS.includes(request.method)) return true;
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  if (origin === null) return site !== null;
  return origin === config().AUTH_URL;
}
