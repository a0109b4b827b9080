import { readFileSync } from "node:fs";
import net from "node:net";
import type { ConnectionOptions } from "node:tls";
import { Client } from "ldapts";
import { config } from "@/lib/config/env";

/** One connection to one directory server, encrypted as configured before anything is said on it. */

function tlsOptions(host: string): ConnectionOptions {
  const { LDAP_CA_FILE } = config();
  return {
    ...(LDAP_CA_FILE && { ca: [readFileSync(LDAP_CA_FILE)] }),
    // Names only: an address is checked against the certificate without it.
    ...(net.isIP(host) ? { host } : { host, servername: host }),
    minVersion: "TLSv1.2",
  };
}

/** The library opens a lost connection anew by itself, which would send passwords on one that nobody has encrypted. */
function onlyOnce(): typeof net.connect {
  let isOpen = false;
  return ((port: number, host: string) => {
    if (isOpen) throw new Error("The server closed the connection.");
    isOpen = true;
    return net.connect(port, host);
  }) as typeof net.connect;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs `work` on a connection to `url` and closes it.
 * @param ms bound for everything together: connecting, encrypting and `work`
 * @throws whatever goes wrong; an untrusted certificate is an error like any other
 */
export async function onServer<T>(url: string, ms: number, work: (client: Client) => Promise<T>): Promise<T> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  const isTls = url.startsWith("ldaps:");
  const client = new Client({
    url,
    timeout: ms,
    connectTimeout: ms,
    ...(isTls ? { tlsOptions: tlsOptions(host) } : { createConnection: onlyOnce() }),
  });
  const whole = (async () => {
    if (!isTls && config().LDAP_START_TLS) await client.startTLS(tlsOptions(host));
    return work(client);
  })();
  // Whoever is late fails by the closed connection, when nobody listens any more.
  whole.catch(() => undefined);
  try {
    return await within(ms, whole);
  } finally {
    await client.unbind().catch(() => undefined);
  }
}
