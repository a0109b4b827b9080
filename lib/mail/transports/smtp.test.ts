import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Mail } from "@/lib/mail/content";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { smtpTransport } from "./smtp";
import { MailRefused, type MailTransport } from "./transport";

const mail: Mail = {
  id: "0199c1de-7c1f-7000-8000-000000000001",
  to: "José@example.test",
  subject: "[GH] Contraseña · línea larga que no cabe en una sola línea de la cabecera ✓",
  html: `<p>¡Hola! <a href="https://gatehouse.test/x?a=1&amp;b=${"2".repeat(120)}">Enlace</a></p>`,
  text: `¡Hola!\n.\nFrom here: https://gatehouse.test/x?a=1&b=${"2".repeat(120)}\n`,
};

const FROM = "Gatehouse <no-reply@gatehouse.test>";
const patiently = () => AbortSignal.timeout(20_000);
const ending = (end: Promise<unknown>) =>
  end.then(
    () => "sent",
    (error: Error) => error,
  );

describe("with a mail server", () => {
  let server: SmtpServer;
  let transport: MailTransport;
  beforeEach(async () => {
    server = await startSmtpServer();
    transport = smtpTransport(server.url, FROM);
  });
  afterEach(async () => {
    transport.close();
    await server.kill();
  });

  it("a mail arrives as it was written, under an id that stays the same", async () => {
    await transport.send(mail, patiently());
    await transport.send(mail, patiently());
    for (const message of server.messages) {
      expect(message).toMatchObject({
        from: "no-reply@gatehouse.test",
        to: ["José@example.test"],
        subject: mail.subject,
        html: mail.html,
      });
      expect(message.text?.trimEnd()).toBe(mail.text.trimEnd());
      expect(message.headers).toMatchObject({
        from: FROM,
        "message-id": "<0199c1de-7c1f-7000-8000-000000000001@gatehouse.test>",
        "auto-submitted": "auto-generated",
      });
    }
    expect(server.messages).toHaveLength(2);
  });

  it("one connection serves mail after mail, until it is closed", async () => {
    for (let count = 0; count < 3; count += 1) await transport.send(mail, patiently());
    expect(server.connections()).toBe(1);
    transport.close();
    await expect.poll(server.openConnections).toBe(0);
    await transport.send(mail, patiently());
    expect(server.connections()).toBe(2);
  });

  it.each([
    [550, "5.1.1 unknown", true],
    [553, "5.1.3 bad address", true],
    [530, "5.7.0 Authentication required", false],
    [451, "4.7.1 try again later", false],
    [421, "4.3.2 shutting down", false],
  ])("%i %s to the recipient is refused for good: %s", async (code, text, isRefused) => {
    server.onRecipient = () => ({ code, text });
    const error = await ending(transport.send(mail, patiently()));
    expect(error instanceof MailRefused).toBe(isRefused);
    expect(String(error)).toContain(String(code));
    server.onRecipient = undefined;
    await transport.send(mail, patiently());
    expect(server.messages).toHaveLength(1);
  });

  it.each([
    [554, true],
    [552, true],
    [452, false],
  ])("%i to the message is refused for good: %s", async (code, isRefused) => {
    server.onMessage = () => ({ code, text: "no" });
    expect((await ending(transport.send(mail, patiently()))) instanceof MailRefused).toBe(isRefused);
  });

  it("a broken connection is an error, and the next mail opens another", async () => {
    server.onMessage = () => "drop";
    expect(await ending(transport.send(mail, patiently()))).toBeInstanceOf(Error);
    expect(server.messages).toHaveLength(1);
    server.onMessage = undefined;
    await transport.send(mail, patiently());
    expect(server.messages).toHaveLength(2);
  });

  it("a mail can be broken off before anything has happened", async () => {
    const stopping = new AbortController();
    const end = ending(transport.send(mail, stopping.signal));
    stopping.abort(new Error("enough"));
    expect(await end).toMatchObject({ message: "enough" });
    await transport.send(mail, patiently());
    expect(server.messages).toHaveLength(1);
  });

  it("a mail that is broken off leaves no connection on which it could still be taken", async () => {
    const stopping = new AbortController();
    server.onMessage = () => new Promise(() => {});
    const end = ending(transport.send(mail, stopping.signal));
    await server.received(1);
    stopping.abort(new Error("enough"));
    expect(await end).toMatchObject({ message: "enough" });
    await expect.poll(server.openConnections).toBe(0);
    server.onMessage = undefined;
    await transport.send(mail, patiently());
  });
});

it.each([
  ["smtp", "starttls"],
  ["smtps", "always"],
] as const)(
  "%s is encrypted where the server can, and only with a server whose certificate is good",
  async (scheme, tls) => {
    const server = await startSmtpServer({ tls });
    const url = server.url.replace("smtp:", `${scheme}:`);
    expect(await ending(smtpTransport(url, FROM).send(mail, patiently()))).toMatchObject({
      message: expect.stringMatching(/certificate/),
    });
    const trusting = smtpTransport(`${url}?tls.rejectUnauthorized=false`, FROM);
    await trusting.send(mail, patiently());
    expect(server.messages).toMatchObject([{ isEncrypted: true }]);
    trusting.close();
    await server.kill();
  },
);

describe("with a server that is no good", () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    server = undefined;
  });

  /** @param talk what it does with each client */
  async function listen(talk: (socket: Socket) => void): Promise<string> {
    const listening = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      talk(socket);
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    return `smtp://127.0.0.1:${typeof address === "object" && address?.port}`;
  }

  const drip = (socket: Socket, text: string) => {
    const timer = setInterval(() => socket.write(text), 10);
    socket.once("close", () => clearInterval(timer));
  };

  it.each<[string, (socket: Socket) => void]>([
    ["says nothing", () => {}],
    ["never comes to the end of its greeting", (socket) => drip(socket, "220-wait\r\n")],
    [
      "never comes to the end of an answer",
      (socket) => {
        socket.write("220 hello\r\n");
        socket.once("data", () => drip(socket, "250-x\r\n"));
      },
    ],
  ])("one that %s costs no more than the bound", async (_, talk) => {
    const transport = smtpTransport(await listen(talk), FROM);
    const error = await ending(transport.send(mail, AbortSignal.timeout(300)));
    expect(error).toMatchObject({ name: "TimeoutError" });
  });

  it("one that hangs up before its greeting is an error for now, at once and after one try", async () => {
    let visits = 0;
    const url = await listen((socket) => {
      visits += 1;
      socket.end();
    });
    const error = await ending(smtpTransport(url, FROM).send(mail, patiently()));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefused);
    expect(error).not.toMatchObject({ name: "TimeoutError" });
    expect(visits).toBe(1);
  });

  it.each([
    ["the sender", "MAIL", "550 5.7.1 not from you\r\n"],
    ["the greeting", "", "554 go away\r\n"],
  ])("a 5xx to %s is about this installation, not about the mail", async (_, command, answer) => {
    const url = await listen((socket) => {
      socket.write(command ? "220 hello\r\n" : answer);
      socket.on("data", (data) => socket.write(String(data).startsWith(command) ? answer : "250 ok\r\n"));
    });
    const error = await ending(smtpTransport(url, FROM).send(mail, patiently()));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefused);
  });

  it("one that is not there is an error for now, for each mail at once", async () => {
    const url = await listen(() => {});
    await new Promise((resolve) => server?.close(resolve));
    const transport = smtpTransport(url, FROM);
    for (let count = 0; count < 3; count += 1) {
      const error = await ending(transport.send(mail, patiently()));
      expect(error).toMatchObject({ code: "ECONNREFUSED" });
      expect(error).not.toBeInstanceOf(MailRefused);
    }
  });
});
