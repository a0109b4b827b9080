import { once } from "node:events";
import { readFileSync } from "node:fs";
import net from "node:net";
import tls, { type ConnectionOptions } from "node:tls";
import { Client } from "ldapts";
import { config } from "@/lib/config/env";
import { startTls } from "./start-tls";

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
function onlyOnce(socket: net.Socket): typeof net.connect {
  let isTaken = false;
  return (() => {
    if (isTaken) throw new Error("The server closed the connection.");
    isTaken = true;
    return socket;
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
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isTls = protocol === "ldaps:";
  const at = { host, port: Number(port || (isTls ? 636 : 389)) };
  const socket = isTls ? tls.connect({ ...tlsOptions(host), ...at }) : net.connect(at);
  // Told by whoever waits for the socket; what comes later is told by the library.
  socket.on("error", () => undefined);
  let client: Client | undefined;
  const whole = (async () => {
    await once(socket, isTls ? "secureConnect" : "connect");
    const open = !isTls && config().LDAP_START_TLS ? await startTls(socket, tlsOptions(host)) : socket;
    client = new Client({
      url: `ldap://${url.slice(url.indexOf("//") + 2)}`,
      timeout: ms,
      createConnection: onlyOnce(open),
    });
    return work(client);
  })();
  // Whoever is late fails by the closed connection, when nobody listens any more.
  whole.catch(() => undefined);
  try {
    return await within(ms, whole);
  } finally {
    await client?.unbind().catch(() => undefined);
    socket.destroy();
  }
}
