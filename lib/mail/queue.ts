import { and, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import type { Database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import type { MailKind } from "./content";

/** What puts mails into the outbox. They leave it by lib/mail/deliver.ts, in any process. */

export type QueuedMail = {
  kind: MailKind;
  userId?: string;
  /** Canonical; in place of `userId` where the account is looked up later. */
  loginId?: string;
  /** Where it goes, if not to the stored address. */
  recipient?: string;
};

/**
 * Puts mails into the outbox, in the caller's transaction.
 * @returns their ids
 */
export async function queueMails(ctx: Context, mails: readonly QueuedMail[]): Promise<string[]> {
  if (mails.length === 0) return [];
  const principal = ctx.actor.kind === "user" ? ctx.actor.principal : undefined;
  const locale = ctx.request.locale ?? principal?.locale ?? null;
  const rows = await ctx.db
    .insert(mailOutbox)
    .values(mails.map((mail) => ({ ...mail, locale })))
    .returning({ id: mailOutbox.id });
  return rows.map(({ id }) => id);
}

/**
 * How long until the user may be sent another mail of this kind. Call it while the user's row is locked.
 * @param exceptId a mail that does not count
 * @returns whole seconds; 0 for now
 */
export async function secondsUntilNext(
  db: Database,
  userId: string,
  kind: MailKind,
  exceptId?: string,
): Promise<number> {
  const { resendAfterSeconds } = settings.mail;
  const [last] = await db
    .select({
      wait: sql<number>`ceil(extract(epoch from max(${mailOutbox.createdAt}) - clock_timestamp()) + ${resendAfterSeconds})::int`,
    })
    .from(mailOutbox)
    .where(
      and(
        eq(mailOutbox.userId, userId),
        eq(mailOutbox.kind, kind),
        isNull(mailOutbox.failedAt),
        gt(mailOutbox.createdAt, sql`clock_timestamp() - make_interval(secs => ${resendAfterSeconds})`),
        exceptId === undefined ? undefined : sql`${mailOutbox.id} <> ${exceptId}`,
      ),
    );
  return Math.max(0, last?.wait ?? 0);
}

/** Forgets the mails with links to set a password: those that wait are void, and the next may follow at once. */
export async function dropLinkMails(db: Database, userId: string): Promise<void> {
  await db
    .delete(mailOutbox)
    .where(and(eq(mailOutbox.userId, userId), inArray(mailOutbox.kind, ["reset-password", "verify-account"])));
}
