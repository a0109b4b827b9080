import type { Principal } from "@/lib/auth/principal";
import { type Database, withoutParameters } from "@/lib/db/client";
import type { Locale } from "@/lib/i18n/locales";

/** Who acts: a signed-in user, somebody with a mailed link to their account, the operator at the command line, or the app itself. */
export type Actor =
  | { kind: "user"; principal: Principal }
  | { kind: "link"; owner: { id: string; loginId: string } }
  | { kind: "cli" }
  | { kind: "system" };

/** What is known of the request, for the audit trail and the session list; `locale` is the language of its answer. */
export type RequestFacts = {
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  locale?: Locale;
};

/** First argument of every verb. `db` may be a transaction, in which the verb then takes part. */
export type Context = {
  actor: Actor;
  db: Database;
  request: RequestFacts;
  /** Where a transaction is open: what is to be done once it is committed. */
  afterCommit?: (() => void)[];
};

export const noRequest: RequestFacts = { ip: null, userAgent: null, requestId: null };

/**
 * Runs `work` in one transaction: everything in it happens, or nothing. What it leaves to be done afterwards is done after
 * the outermost commit.
 */
export async function inTransaction<T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  const afterCommit: (() => void)[] = [];
  const result = await withoutParameters(ctx.db.transaction((tx) => work({ ...ctx, db: tx, afterCommit })));
  if (ctx.afterCommit) ctx.afterCommit.push(...afterCommit);
  else for (const act of afterCommit) act();
  return result;
}
