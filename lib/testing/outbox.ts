import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { composeMail } from "@/lib/mail/compose";
import type { Mail } from "@/lib/mail/content";

/** The mails that would leave now, in the order in which they were asked for; the outbox is empty afterwards. */
export async function takeOutbox(): Promise<Mail[]> {
  const rows = await database().select().from(mailOutbox).orderBy(mailOutbox.id);
  const mails: Mail[] = [];
  for (const row of rows) {
    const mail = await composeMail(row);
    if (mail) mails.push(mail);
  }
  await database().delete(mailOutbox);
  return mails;
}
