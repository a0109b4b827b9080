import { lt, sql } from "drizzle-orm";
import { deleteInBatches } from "@/lib/db/batches";
import type { Database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";

/** Deletes the sessions that ended by themselves a day ago or earlier, of users who have not come back since. */
export const pruneSessions = (db: Database): Promise<void> =>
  deleteInBatches(db, sessions, lt(sessions.expiresAt, sql`now() - interval '1 day'`), "skip");
