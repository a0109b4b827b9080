import { sql } from "drizzle-orm";
import { primaryAuthenticator } from "@/lib/auth/authenticators/registry";
import { ConfigError, config } from "@/lib/config/env";
import { type Database, database, faultOf, isUnavailable } from "@/lib/db/client";
import { migrateDatabase } from "@/lib/db/migrate";
import { isPoolerRefusal } from "@/lib/db/pooler";
import { startHousekeeping } from "@/lib/housekeeping";
import { logAsJson, logOf } from "@/lib/log/log";
import { composeMail } from "@/lib/mail/compose";
import { startMailWorker } from "@/lib/mail/worker";
import { syncPermissions } from "@/lib/permissions/sync";
import { watchConnections } from "@/lib/server/connections";
import { logWhatIsPrinted } from "@/lib/server/printed";
import { watchRequests } from "@/lib/server/requests";
import { shutDownOnSignal } from "@/lib/server/shutdown";
import { registerSubscribers } from "@/lib/subscribers";
import { startTelemetry } from "@/lib/telemetry";

/**
 * Where nobody reads the log any more, or its disk is full, the line is lost and the server goes on: it must not end by it,
 * nor write another line that fails, on and on.
 */
function outliveLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

const POOLER_UNSAID = "DATABASE_URL leads to a connection pooler. Set DATABASE_POOLER=transaction, see docs/scaling.md";

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isPoolerRefusal(error)) return `Gatehouse cannot start: ${POOLER_UNSAID} (${faultOf(error)})`;
  if (isUnavailable(error)) return `Gatehouse cannot start: the database cannot be reached: ${faultOf(error)}`;
  return `Gatehouse cannot start: ${faultOf(error)}`;
}

/** Checks the configuration, migrates the database and brings the permissions in line; ends the process on a fault. */
export async function start(): Promise<void> {
  try {
    const { DATABASE_URL, MIGRATE_ON_START, isProduction } = config();
    primaryAuthenticator();
    registerSubscribers();
    outliveLog();
    if (isProduction) logAsJson();
    watchRequests();
    const connections = isProduction ? watchConnections() : undefined;
    if (!DATABASE_URL) throw new Error("DATABASE_URL is not set. For development start with: npm run dev");
    if (MIGRATE_ON_START) {
      await migrateDatabase(DATABASE_URL, reportSync);
      // What does not take the settings of the pool is told of now, not with every request.
      await database().execute(sql`select 1`);
    }
    const flushTraces = await startTelemetry();
    const stopWork = [startMailWorker(composeMail), startHousekeeping()];
    if (!connections) return;
    logWhatIsPrinted();
    shutDownOnSignal({ connections, stopWork, flushTraces });
  } catch (error) {
    // For whoever looks why it does not start, as opposed to programs that read the log.
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

async function reportSync(db: Database, afterCommit: (() => void)[]): Promise<void> {
  const { removed } = await syncPermissions(db, { afterCommit });
  for (const { token, grants } of removed) {
    logOf("permissions").warn("no longer declared: removed", { permission: token, grants });
  }
}
