import { Resend } from "resend";
import { MAIL_HEADERS, MailRefused, type MailTransport, recipientOf } from "./transport";

/** What the address or the message is to blame for; all else (key, quota, domain) can be mended meanwhile. */
const REFUSALS = ["validation_error", "invalid_parameter", "missing_required_field", "invalid_attachment"];

/**
 * Sends by Resend.
 * @param options.key RESEND_API_KEY
 * @param options.baseUrl RESEND_BASE_URL, for a service that speaks the same language
 * @param options.from MAIL_FROM
 */
export function resendTransport(options: { key: string; baseUrl?: string | undefined; from: string }): MailTransport {
  const { key, from } = options;
  const resend = new Resend(key, options.baseUrl ? { baseUrl: options.baseUrl.replace(/\/+$/, "") } : {});
  return {
    name: "resend",
    async send(mail, signal) {
      const { id, subject, html, text } = mail;
      const to = [recipientOf(mail)];
      signal.throwIfAborted();
      const { error } = await resend.emails.send(
        { from, to, subject, html, text, headers: MAIL_HEADERS },
        { idempotencyKey: id, signal },
      );
      // What the signal has broken off is told as a fault of the network.
      if (error) signal.throwIfAborted();
      // An earlier try was taken although its answer was lost; the text differs, since the link was signed anew.
      if (!error || error.name === "invalid_idempotent_request") return;
      const message = `${error.statusCode ?? ""} ${error.name}: ${error.message}`.trim();
      // 403 is about the account or the sender's domain, by whatever name.
      if (REFUSALS.includes(error.name) && error.statusCode !== 403) throw new MailRefused(message);
      throw new Error(message);
    },
    close() {},
  };
}
