import { inArray, lt, sql } from "drizzle-orm";
import type { Database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";

/** Sessions that one statement deletes. */
const BATCH = 5_000;

/** Deletes the sessions that ended by themselves a day ago or earlier, of users who have not come back since. */
export async function pruneSessions(db: Database): Promise<void> {
  const ended = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(lt(sessions.expiresAt, sql`now() - interval '1 day'`))
    .limit(BATCH)
    .for("update", { skipLocked: true });
  let deleted: number;
  do deleted = (await db.delete(sessions).where(inArray(sessions.id, ended))).rowCount ?? 0;
  while (deleted === BATCH);
}
