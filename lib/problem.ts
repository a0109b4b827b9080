/** An error answer of the API (RFC 9457). */
export function problem(status: number, title: string, extra: Record<string, unknown> = {}): Response {
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="api"');
  if (status === 503) headers.set("retry-after", "5");
  if (typeof extra.retryAfter === "number") headers.set("retry-after", String(extra.retryAfter));
  return new Response(JSON.stringify({ type: "about:blank", title, status, ...extra }), { status, headers });
}
