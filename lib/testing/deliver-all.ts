import { once } from "node:events";
import { config } from "@/lib/config/env";
import { closeDatabase, database } from "@/lib/db/client";
import { deliverNext } from "@/lib/mail/deliver";
import { smtpTransport } from "@/lib/mail/transports/smtp";
import { composePlain } from "./compose-plain";

/**
 * A process for tests that kill it: tells when it is ready, and upon a line on its standard input delivers everything that
 * is due to SMTP_URL.
 */
const { SMTP_URL = "", MAIL_FROM } = config();
const transport = smtpTransport(SMTP_URL, MAIL_FROM);
await database().execute("select 1");
process.stdout.write("ready\n");
await once(process.stdin, "data");

let outcome: string;
do outcome = await deliverNext({ compose: composePlain, transport });
while (outcome !== "idle");
transport.close();
await closeDatabase();
process.stdin.destroy();
