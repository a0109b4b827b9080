import net from "node:net";
import { createTransport, type Transporter } from "nodemailer";
import { parseConnectionUrl } from "nodemailer/lib/shared/index.js";
import type SMTPPool from "nodemailer/lib/smtp-pool";
import type { Mail } from "@/lib/mail/content";
import { MAIL_HEADERS, MailRefused, type MailTransport, recipientOf } from "./transport";

/** For connecting, and for the greeting. The whole mail is bounded by the caller's signal. */
const CONNECT_MS = 10_000;

type SmtpError = Error & { responseCode?: number; command?: string };

/**
 * Refused for good: the recipient or the message by a 5xx. A 5xx to anything before that (sign-in, sender) is about this
 * installation; once its settings are mended the mail can go.
 */
function isRefusal({ responseCode = 0, command = "" }: SmtpError): boolean {
  // 530: the server wants a sign-in first (RFC 4954).
  return responseCode >= 500 && responseCode !== 530 && ["RCPT TO", "DATA"].includes(command);
}

/**
 * The connection of a pool, in our hands: nodemailer would let one that is busy live on after it was told to close, and a
 * server that answers a byte at a time could take the mail long after it was given up.
 */
function openConnections() {
  const sockets = new Set<net.Socket>();
  const connect: SMTPPool.Options["getSocket"] = ({ host = "localhost", port, secure }, done) => {
    const socket = net.connect({ host, port: Number(port ?? (secure ? 465 : 587)), noDelay: true });
    sockets.add(socket);
    const slow = setTimeout(() => socket.destroy(new Error("Connection timeout")), CONNECT_MS);
    const fail = (error?: Error) => done(error ?? new Error("Connection closed"), undefined);
    socket.once("close", () => {
      clearTimeout(slow);
      sockets.delete(socket);
    });
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(slow);
      socket.off("error", fail);
      done(null, { connection: socket });
    });
  };
  const destroy = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { connect, destroy };
}

function openPool(url: string) {
  const connections = openConnections();
  const options: SMTPPool.Options & { maxRequeues: number } = {
    // Given a `url`, nodemailer would forget all other options.
    ...parseConnectionUrl(url),
    pool: true,
    maxConnections: 1,
    // One try is one try: the next is for the outbox to decide. Otherwise a server that hangs up is asked on and on.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    getSocket: connections.connect,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return { mailer: createTransport(options) as Transporter, destroy: connections.destroy };
}

/**
 * Sends by SMTP. One connection serves mail after mail until `close`.
 * @param url SMTP_URL
 * @param from MAIL_FROM: one address, which the configuration has checked
 */
export function smtpTransport(url: string, from: string): MailTransport {
  let pool: ReturnType<typeof openPool> | undefined;
  const domain = /@([^@>]+)>?$/.exec(from)?.[1] ?? "localhost";

  function close(): void {
    pool?.mailer.close();
    pool = undefined;
  }

  function drop(): void {
    pool?.destroy();
    close();
  }

  async function send(mail: Mail, signal: AbortSignal): Promise<void> {
    const address = recipientOf(mail);
    signal.throwIfAborted();
    pool ??= openPool(url);
    let onAbort = () => {};
    // In its own words: nodemailer would report a broken connection, or nothing if it had none yet.
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => {
        drop();
        reject(signal.reason);
      };
    });
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const sent = pool.mailer.sendMail({
        from,
        // As an object it is not parsed, so that it cannot become a list.
        to: { name: "", address },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        headers: MAIL_HEADERS,
        // The same at every try, by which a receiver recognises a mail that it has already.
        messageId: `<${mail.id}@${domain}>`,
      });
      await Promise.race([aborted, sent]);
    } catch (error) {
      if (error instanceof Error && isRefusal(error)) throw new MailRefused(error.message);
      // A connection that never came about stays in nodemailer's pool as a busy one: the next mail would wait for it.
      drop();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  return { name: "smtp", send, close };
}
