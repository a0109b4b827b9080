import { lt, sql } from "drizzle-orm";
import { deleteInBatches } from "@/lib/db/batches";
import type { Database } from "@/lib/db/client";
import { accessTokens } from "@/lib/db/schema/auth";

/** Deletes the tokens that expired a day ago or earlier, of users who have made no other since. */
export const pruneAccessTokens = (db: Database): Promise<void> =>
  deleteInBatches(db, accessTokens, lt(accessTokens.expiresAt, sql`now() - interval '1 day'`), "skip");
