import { config } from "@/lib/config/env";

/** Content Security Policy for one response: scripts and styles of this app only, by nonce. */
export function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = config().NODE_ENV === "development";
  return [
    "default-src 'self'",
    // React's development build evaluates source maps.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Base UI positions its popups by style attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The nonce that the middleware has put into the policy of this request; empty where it did not run. */
export const nonceIn = (headers: Headers): string =>
  /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "";

/** Of build output, which the middleware does not see: nothing that it holds runs or loads anything, or is framed. */
const POLICY_OF_FILES = "default-src 'none'; frame-ancestors 'none'";

/** What every answer carries, whoever gives it (ASVS 3.4). */
export const headersOfEveryAnswer = (path: string): Record<string, string> => ({
  ...(path.startsWith("/_next/static/") && { "content-security-policy": POLICY_OF_FILES }),
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  ...(config().isHttps && { "strict-transport-security": "max-age=31536000; includeSubDomains" }),
});

/** Sets the policy and the other headers of answers that pass the middleware. */
export function setSecurityHeaders(headers: Headers, policy: string): void {
  headers.set("content-security-policy", policy);
  headers.set("referrer-policy", "same-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
}
