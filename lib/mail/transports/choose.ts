import { config } from "@/lib/config/env";
import type { MailTransport } from "./transport";

/**
 * The transport of this installation; what it needs is loaded only here.
 * @returns null if the app sends no mail, or production has not said how
 */
export async function chooseTransport(): Promise<MailTransport | null> {
  const { mailEnabled, MAIL_TRANSPORT, MAIL_FROM: from, SMTP_URL, RESEND_API_KEY, RESEND_BASE_URL } = config();
  if (!mailEnabled) return null;
  if (MAIL_TRANSPORT === "smtp" && SMTP_URL) {
    const { smtpTransport } = await import("./smtp");
    return smtpTransport(SMTP_URL, from);
  }
  if (MAIL_TRANSPORT === "resend" && RESEND_API_KEY) {
    const { resendTransport } = await import("./resend");
    return resendTransport({ key: RESEND_API_KEY, baseUrl: RESEND_BASE_URL, from });
  }
  if (MAIL_TRANSPORT !== "outbox") return null;
  const { outboxTransport } = await import("./outbox");
  return outboxTransport();
}
