import { and, eq } from "drizzle-orm";
import type { Database } from "@/lib/db/client";
import { attemptBudgets } from "@/lib/db/schema/auth";

/** Lifts the lock on signing in to an account, and forgets its failures. Part of the caller's transaction. */
export async function liftAccountLock(db: Database, loginIdCanonical: string): Promise<void> {
  await db
    .delete(attemptBudgets)
    .where(
      and(
        eq(attemptBudgets.type, "login"),
        eq(attemptBudgets.scope, "account"),
        eq(attemptBudgets.key, loginIdCanonical),
      ),
    );
}
