/** Whether an address is of this machine, so that nobody reads on the way what goes there. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Whether nobody on the way reads what goes to an address of the web: https, or http that stays on this machine. */
export function isHttpsOrLoopback(url: string): boolean {
  const { protocol } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(url));
}
