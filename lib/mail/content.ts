import type { MAIL_KINDS } from "@/lib/db/schema/events";

export type MailKind = (typeof MAIL_KINDS)[number];

/** A link that works for a while. */
export type MailLink = { url: string; lifetimeMinutes: number; expiresAt: Date };

/** Too many failed sign-ins: nobody gets in for a while. */
export type AccountLocked = {
  kind: "account-locked";
  loginId: string;
  /** How many failures it took. */
  attempts: number;
  lockedAt: Date;
  lockoutMinutes: number;
  /** What the owner can do before the lock ends: choose a new password, ask somebody who lifts it, or only wait. */
  remedy: "reset" | "ask" | "wait";
};

/** What a mail has to say; the templates find the words. */
export type MailContent =
  | ({ kind: "reset-password" | "verify-account"; loginId: string } & MailLink)
  /** Goes to the new address, and asks whether it is theirs. */
  | ({ kind: "confirm-login"; loginId: string; newLoginId: string } & MailLink)
  /** Goes to the old address. */
  | { kind: "login-changed"; newLoginId: string; changedAt: Date }
  | { kind: "password-changed"; loginId: string; changedAt: Date }
  | AccountLocked;

/** A mail as a transport sends it. */
export type Mail = {
  /** Of its row in mail_outbox: the same mail has the same id at every try. */
  id: string;
  /** One address. */
  to: string;
  subject: string;
  html: string;
  text: string;
};
