import { eq } from "drizzle-orm";
import { attemptLimits } from "@/lib/auth/attempts/limits";
import { hasPasswordHere } from "@/lib/auth/domains";
import { findLinkHolder, type LinkHolder, mailsPasswordLinks } from "@/lib/auth/links";
import { isEmailAddress } from "@/lib/auth/login-id";
import { type Database, database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { DEFAULT_LOCALE, isLocale } from "@/lib/i18n/locales";
import { addressOf } from "./address";
import type { AccountLocked, Mail, MailContent } from "./content";
import { mailLink } from "./link";
import { secondsUntilNext } from "./queue";

type OutboxRow = typeof mailOutbox.$inferSelect;

/** Whether the holder may set a password by mail at all. */
const takesLinks = (holder: LinkHolder) => holder.isNotDisabled && hasPasswordHere(holder.loginIdCanonical);

/** Looks up whose account cannot be signed in to for a while. */
async function ownerOfLocked(db: Database, row: OutboxRow, loginId: string): Promise<LinkHolder | undefined> {
  const holder = await findLinkHolder(db, eq(users.loginIdCanonical, loginId));
  if (holder) await db.update(mailOutbox).set({ userId: holder.id }).where(eq(mailOutbox.id, row.id));
  return holder;
}

/** What helps against a lock: nothing but time those whose password is kept elsewhere. */
function lockRemedy({ loginIdCanonical }: LinkHolder): AccountLocked["remedy"] {
  if (!hasPasswordHere(loginIdCanonical)) return "wait";
  return mailsPasswordLinks() ? "reset" : "ask";
}

/** Nobody is told at an address that was never proven, nor of an account that is closed anyway. */
function lockOf(holder: LinkHolder, { createdAt: lockedAt }: OutboxRow): AccountLocked | undefined {
  const { loginId, isVerified, isNotDisabled } = holder;
  if (!isVerified || !isNotDisabled) return undefined;
  const { limit: attempts, lockoutSeconds } = attemptLimits("login");
  const lockoutMinutes = Math.ceil(lockoutSeconds / 60);
  return { kind: "account-locked", loginId, attempts, lockedAt, lockoutMinutes, remedy: lockRemedy(holder) };
}

/**
 * Looks up whose forgotten password a mail is about. Requests for nobody, for accounts that get no link, and those that
 * come too soon after another end here, where nobody waits for the answer.
 */
function adopt(db: Database, row: OutboxRow, loginId: string): Promise<LinkHolder | undefined> {
  return db.transaction(async (tx) => {
    const holder = await findLinkHolder(tx, eq(users.loginIdCanonical, loginId), "locked");
    if (!holder || !takesLinks(holder)) return undefined;
    if ((await secondsUntilNext(tx, holder.id, row.kind, row.id)) > 0) return undefined;
    await tx.update(mailOutbox).set({ userId: holder.id }).where(eq(mailOutbox.id, row.id));
    return holder;
  });
}

async function holderOf(db: Database, row: OutboxRow): Promise<LinkHolder | undefined> {
  if (row.userId) return findLinkHolder(db, eq(users.id, row.userId));
  if (!row.loginId) return undefined;
  return (row.kind === "account-locked" ? ownerOfLocked : adopt)(db, row, row.loginId);
}

/** What the row has to say now; undefined if nothing any more. */
async function contentOf(row: OutboxRow, holder: LinkHolder): Promise<MailContent | undefined> {
  const { kind, createdAt: changedAt } = row;
  const { loginId } = holder;
  switch (kind) {
    case "reset-password":
      return takesLinks(holder) ? { kind, loginId, ...(await mailLink(holder, "reset")) } : undefined;
    case "verify-account":
      if (holder.isVerified || !takesLinks(holder)) return undefined;
      return { kind, loginId, ...(await mailLink(holder, "verify")) };
    case "confirm-login": {
      const newLoginId = row.recipient;
      if (!newLoginId || !takesLinks(holder)) return undefined;
      return { kind, loginId, newLoginId, ...(await mailLink(holder, "confirm-login", newLoginId)) };
    }
    case "login-changed":
      return { kind, newLoginId: loginId, changedAt };
    case "password-changed":
      return { kind, loginId, changedAt };
    case "account-locked":
      return lockOf(holder, row);
  }
}

/**
 * Turns a row of the outbox into a mail: finds the address, signs the link and writes the text, as late as that is
 * possible.
 * @returns null if there is nothing to send any more
 */
export async function composeMail(row: OutboxRow): Promise<Mail | null> {
  const holder = await holderOf(database(), row);
  const content = holder && (await contentOf(row, holder));
  if (!content) return null;
  const to = row.recipient ?? addressOf(holder);
  if (!isEmailAddress(to.toLowerCase())) return null;
  // At the first mail, not at start: the library behind it takes a quarter of a second to load.
  const { renderMail } = await import("./render");
  // Whoever locked an account by guessing has no say in how its owner is spoken to.
  const asked = row.kind === "account-locked" ? null : row.locale;
  const locale = [holder.locale, asked].find(isLocale) ?? DEFAULT_LOCALE;
  return { id: row.id, to, ...(await renderMail(content, locale)) };
}
