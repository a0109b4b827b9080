/** Leads a browser on to a path of this site, or to another one, by GET (RFC 9110 §15.4.4); nobody keeps the answer. */
export const seeOther = (location: string): Response =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
