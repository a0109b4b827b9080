import { sql } from "drizzle-orm";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { type Database, databaseUrl, faultOf, replicaDatabase } from "@/lib/db/client";
import { isBehindPooler, missingRoleSettings } from "@/lib/db/pooler";
import { catchesUp } from "@/lib/db/replica";
import { type Finding, ok, warning, wrong } from "./finding";

/** What stands between the app and its database, or beside that: a pooler, a replica. */

/** Whether what is said of a pooler is so, and whether its connections have their bounds. */
export async function checkPooler({ db }: Context): Promise<Finding[]> {
  const isThere = await isBehindPooler(databaseUrl());
  if (config().DATABASE_POOLER === "none") return isThere ? [warning("poolerUnsaid")] : [];
  const missing = await missingRoleSettings(db);
  return missing.length === 0 ? [ok("pooler")] : [wrong("poolerSettings", { names: missing.join(", ") })];
}

/** The same for all copies of one database server, and for no other. */
async function identifierOf(db: Database): Promise<string | undefined> {
  const { rows } = await db.execute<{ id: string }>(
    sql`select system_identifier || ' ' || current_database() as id from pg_control_system()`,
  );
  return rows[0]?.id;
}

/** Whether the replica is one of this database, and keeps up. The app works without it, only not as fast. */
export async function checkReplica({ db }: Context): Promise<Finding[]> {
  const replica = replicaDatabase();
  if (!replica) return [];
  try {
    if ((await identifierOf(replica)) !== (await identifierOf(db))) return [wrong("replicaOfAnother")];
    return [(await catchesUp(replica, db)) ? ok("replica") : warning("replicaLags")];
  } catch (error) {
    return [warning("noReplica", { reason: faultOf(error) })];
  }
}
