import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { type MailMessage, readMessage } from "./mail-message";

/** A message that the server has been handed, whatever it answered. */
export type ReceivedMail = MailMessage & { from: string; to: string[]; raw: string; isEncrypted: boolean };

/**
 * What the server does in place of saying yes: refuse with a code and a text (4xx for now, 5xx for good), or drop the
 * connection without an answer.
 */
export type Refusal = { code: number; text: string } | "drop" | undefined;

export type SmtpServer = {
  /** For SMTP_URL. */
  url: string;
  messages: ReceivedMail[];
  /** How many clients have connected. */
  connections(): number;
  /** How many of them are connected now. */
  openConnections(): number;
  /** Resolves when so many messages have come in. */
  received(count: number): Promise<void>;
  /** Decides over each recipient; a promise delays the answer, one that stays open lets the client hang. */
  onRecipient: ((address: string) => Refusal | Promise<Refusal>) | undefined;
  /** Decides over each message, which is in `messages` already. */
  onMessage: ((message: ReceivedMail) => Refusal | Promise<Refusal>) | undefined;
  /** Cuts all connections and listens no more. */
  kill(): Promise<void>;
};

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

/**
 * Starts a mail server for tests on a free port of the loopback interface.
 *
 * ```ts
 * const server = await startSmtpServer();
 * server.onMessage = () => ({ code: 451, text: "Try again later" });
 * …
 * await server.kill();
 * ```
 */
export async function startSmtpServer({ tls }: { tls?: "starttls" | "always" } = {}): Promise<SmtpServer> {
  const sockets = new Map<number | undefined, Socket>();
  let connected = 0;
  const waiting = new Set<() => void>();

  function answer(refusal: Refusal, session: SMTPServerSession, done: (error?: Error) => void): void {
    if (refusal === "drop") sockets.get(session.remotePort)?.destroy();
    else done(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
  }

  async function receive(stream: AsyncIterable<Buffer>, { envelope, secure }: SMTPServerSession): Promise<Refusal> {
    const raw = await bytesOf(stream);
    const to = envelope.rcptTo.map(({ address }) => address);
    const from = envelope.mailFrom ? envelope.mailFrom.address : "";
    const message = { ...readMessage(raw), from, to, raw, isEncrypted: secure };
    server.messages.push(message);
    for (const check of waiting) check();
    return server.onMessage?.(message);
  }

  const smtp = new SMTPServer({
    authOptional: true,
    // The certificate is one that nobody vouches for.
    secure: tls === "always",
    disabledCommands: tls ? ["AUTH"] : ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onRcptTo({ address }, session, done) {
      Promise.resolve(server.onRecipient?.(address)).then((refusal) => answer(refusal, session, done));
    },
    onData(stream, session, done) {
      // What breaks off in the middle is no message.
      const isBroken = () => undefined;
      receive(stream, session).then((refusal) => answer(refusal, session, done), isBroken);
    },
  });
  // Of connections that were cut.
  smtp.on("error", () => {});
  smtp.server.on("connection", (socket) => {
    const { remotePort } = socket;
    connected += 1;
    sockets.set(remotePort, socket);
    socket.once("close", () => sockets.delete(remotePort));
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  const { port } = smtp.server.address() as AddressInfo;

  const server: SmtpServer = {
    url: `smtp://127.0.0.1:${port}`,
    messages: [],
    onRecipient: undefined,
    onMessage: undefined,
    connections: () => connected,
    openConnections: () => sockets.size,
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (server.messages.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    kill: () =>
      new Promise((resolve) => {
        smtp.close(() => resolve());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
  return server;
}
