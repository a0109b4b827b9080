import diagnostics from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { primaryAuthenticator } from "@/lib/auth/authenticators/registry";
import { HEADER } from "@/lib/auth/request";
import { ConfigError, config } from "@/lib/config/env";
import { faultOf, isUnavailable } from "@/lib/db/client";
import { migrateDatabase } from "@/lib/db/migrate";
import { startHousekeeping } from "@/lib/housekeeping";
import { composeMail } from "@/lib/mail/compose";
import { startMailWorker } from "@/lib/mail/worker";
import { syncPermissions } from "@/lib/permissions/sync";
import { registerSubscribers } from "@/lib/subscribers";

/** Every value that was sent under this name. */
const valuesOf = ({ rawHeaders }: IncomingMessage, name: string): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

/**
 * Next.js does not hand the peer's address to the app, takes X-Forwarded-For as it comes, and hides from the middleware
 * whether its client router asks. Node announces each request before anybody handles it; the headers set here overwrite
 * whatever a client sent under their names.
 */
function noteRequestFacts(): void {
  diagnostics.subscribe("http.server.request.start", (message) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket };
    request.headers[HEADER.socket] = socket.remoteAddress ?? "";
    // Node keeps the first of several, so that two readers of one request could mean different people.
    const authorizations = valuesOf(request, "authorization");
    if (authorizations.length > 1) request.headers.authorization = authorizations.join(", ");
    const isPrefetch = request.headers["next-router-prefetch"] !== undefined;
    request.headers[HEADER.method] = request.method ?? "";
    request.headers[HEADER.router] = isPrefetch ? "prefetch" : request.headers.rsc ? "navigation" : "";
  });
}

/** Where nobody reads the log any more, a failed line must not become another line that fails, on and on. */
function outliveLogReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isUnavailable(error)) return `Gatehouse cannot start: the database cannot be reached: ${faultOf(error)}`;
  return `Gatehouse cannot start: ${faultOf(error)}`;
}

/** Checks the configuration, migrates the database and brings the permissions in line; ends the process on a fault. */
export async function start(): Promise<void> {
  try {
    const { DATABASE_URL, MIGRATE_ON_START } = config();
    primaryAuthenticator();
    registerSubscribers();
    noteRequestFacts();
    outliveLogReader();
    if (!DATABASE_URL) throw new Error("DATABASE_URL is not set. For development start with: npm run dev");
    if (MIGRATE_ON_START) await migrateDatabase(DATABASE_URL, reportSync);
    startMailWorker(composeMail);
    startHousekeeping();
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

async function reportSync(db: Parameters<typeof syncPermissions>[0]): Promise<void> {
  const { removed } = await syncPermissions(db);
  for (const { token, grants } of removed) {
    console.warn(`Permission ${token} is no longer declared: removed, with ${grants} grants.`);
  }
}
