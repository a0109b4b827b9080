import { config } from "@/lib/config/env";

/** The name of a cookie for the whole site: over https its prefix binds it to this host, path / and Secure (RFC 6265bis §4.1.3.2). */
export const hostCookieName = (name: string): string => (config().isHttps ? `__Host-${name}` : name);
