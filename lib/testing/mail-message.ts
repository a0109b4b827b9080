/** Reads mails as mail programs do, as far as tests need it. */

export type MailMessage = {
  /** Names in lower case; of a repeated header, the last one. */
  headers: Record<string, string>;
  subject: string;
  html?: string;
  text?: string;
};

function quotedPrintable(text: string): Buffer {
  const bytes = text
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}

function decoded(text: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(text, "base64").toString("utf8");
  return (/quoted-printable/i.test(encoding) ? quotedPrintable(text) : Buffer.from(text, "latin1")).toString("utf8");
}

/** Words of other than ASCII letters in headers (RFC 2047). */
const decodedWords = (text: string) =>
  text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      /b/i.test(kind) ? decoded(word, "base64") : decoded(word.replaceAll("_", " "), "quoted-printable"),
    );

function split(raw: string): { headers: Record<string, string>; body: string } {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, end)
    .replace(/\r\n(?=[ \t])/g, "")
    .split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), decodedWords(line.slice(colon + 1).trim())];
  });
  return { headers: Object.fromEntries(headers), body: raw.slice(end + 4) };
}

/** @param raw the message as it came over the line, a byte per character (latin1) */
export function readMessage(raw: string): MailMessage {
  const { headers, body } = split(raw);
  const type = headers["content-type"] ?? "";
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  const message: MailMessage = { headers, subject: headers.subject ?? "" };
  if (!boundary) {
    const content = decoded(body, headers["content-transfer-encoding"] ?? "").replaceAll("\r\n", "\n");
    return { ...message, [/^text\/html/i.test(type) ? "html" : "text"]: content };
  }
  const parts = body.split(`--${boundary}`).slice(1, -1);
  for (const part of parts) {
    // The line break before a boundary belongs to the boundary.
    const { html, text } = readMessage(part.slice(2, -2));
    if (html !== undefined) message.html = html;
    if (text !== undefined) message.text = text;
  }
  return message;
}
