import { storeMail } from "@/lib/mail/mailbox";
import { type MailTransport, recipientOf } from "./transport";

/** Puts mails into the mailbox of the developer, /dev/mailbox, from where they go nowhere. */
export function outboxTransport(): MailTransport {
  return {
    name: "outbox",
    async send(mail, signal) {
      recipientOf(mail);
      signal.throwIfAborted();
      await storeMail(mail);
    },
    close() {},
  };
}
