import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Mail } from "@/lib/mail/content";
import { resendTransport } from "./resend";
import { MailRefused, type MailTransport } from "./transport";

const mail: Mail = {
  id: "0199c1de-7c1f-7000-8000-000000000001",
  to: "ann@example.test",
  subject: "[GH] Password Reset Link",
  html: "<p>Hello</p>",
  text: "Hello",
};

type Call = { url: string | undefined; headers: IncomingHttpHeaders; body: Record<string, unknown> };

let server: Server;
let transport: MailTransport;
let calls: Call[] = [];
let respond: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    calls.push({ url: request.url, headers: request.headers, body: JSON.parse(body) });
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  transport = resendTransport({ key: "re_123", baseUrl, from: "Gatehouse <no-reply@gatehouse.test>" });
});
beforeEach(() => {
  calls = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json = (status: number, body: object) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

const send = (to = mail.to, ms = 20_000) =>
  transport.send({ ...mail, to }, AbortSignal.timeout(ms)).then(
    () => "sent",
    (error: Error) => error,
  );

it("hands over one mail to one recipient, under a key that stays the same", async () => {
  respond = json(200, { id: "x" });
  expect(await send()).toBe("sent");
  expect(await send()).toBe("sent");
  expect(calls).toHaveLength(2);
  for (const { url, headers, body } of calls) {
    expect(url).toBe("/emails");
    expect(headers).toMatchObject({ authorization: "Bearer re_123", "idempotency-key": mail.id });
    expect(body).toMatchObject({
      from: "Gatehouse <no-reply@gatehouse.test>",
      to: ["ann@example.test"],
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      headers: { "Auto-Submitted": "auto-generated" },
    });
  }
});

describe("an answer", () => {
  it.each([
    [422, "validation_error", "refused"],
    [400, "validation_error", "refused"],
    [422, "invalid_parameter", "refused"],
    [422, "missing_required_field", "refused"],
    // The sender's domain is not verified (yet).
    [403, "validation_error", "later"],
    [422, "invalid_from_address", "later"],
    [403, "invalid_api_key", "later"],
    [401, "missing_api_key", "later"],
    [429, "rate_limit_exceeded", "later"],
    [429, "daily_quota_exceeded", "later"],
    [409, "concurrent_idempotent_requests", "later"],
    [500, "internal_server_error", "later"],
    // An earlier try was taken, and its answer lost.
    [409, "invalid_idempotent_request", "sent"],
  ])("%i %s means: %s", async (statusCode, name, meaning) => {
    respond = json(statusCode, { statusCode, name, message: "because" });
    const end = await send();
    const seen = typeof end === "string" ? end : end instanceof MailRefused ? "refused" : "later";
    expect(seen).toBe(meaning);
    if (end instanceof Error) expect(end.message).toBe(`${statusCode} ${name}: because`);
  });

  it("that is no JSON is an error for now", async () => {
    respond = (response) => response.writeHead(502).end("<h1>Bad gateway</h1>");
    const end = await send();
    expect(end).toBeInstanceOf(Error);
    expect(end).not.toBeInstanceOf(MailRefused);
  });

  it("that is cut off is an error for now", async () => {
    respond = (response) => response.socket?.destroy();
    const end = await send();
    expect(end).toBeInstanceOf(Error);
    expect(end).not.toBeInstanceOf(MailRefused);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["that never comes", () => {}],
    [
      "that never ends",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 10);
        response.once("close", () => clearInterval(timer));
      },
    ],
  ])("%s costs no more than the bound", async (_, hang) => {
    respond = hang;
    expect(await send(mail.to, 300)).toMatchObject({ name: "TimeoutError" });
  });
});

it.each(["ann@example.test, bob@example.test", "Ann <ann@example.test>", "ann@example.test\r\nBcc: bob@example.test"])(
  "%j, which is not one address, is not asked for",
  async (to) => {
    expect(await send(to)).toBeInstanceOf(MailRefused);
    expect(calls).toEqual([]);
  },
);
