import { isEmailAddress } from "@/lib/auth/login-id";
import type { Mail } from "@/lib/mail/content";

/** A way for mails to leave. */
export type MailTransport = {
  name: "smtp" | "resend" | "outbox";
  /**
   * Hands one mail over. When it returns, the other side has taken it; when `signal` aborts, it throws soon.
   * @throws MailRefused if no further try can succeed; after any other error one may
   */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
  /** Ends open connections; the next mail opens another. */
  close(): void;
};

/** The mail will never be taken: the address or the message was refused for good. */
export class MailRefused extends Error {}

/** Tells vacation responders and ticket systems not to answer (RFC 3834). */
export const MAIL_HEADERS = { "Auto-Submitted": "auto-generated" };

/**
 * The recipient of a mail, if that is a single plain address. Mail libraries and servers read commas, semicolons, brackets
 * and line breaks as more than one recipient, or as another header (CWE-93).
 * @throws MailRefused for anything else
 */
export function recipientOf(mail: Mail): string {
  if (!isEmailAddress(mail.to.toLowerCase())) throw new MailRefused("The recipient is not one mail address.");
  return mail.to;
}
