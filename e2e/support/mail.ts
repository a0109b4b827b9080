import http from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext } from "@playwright/test";
import { eq } from "drizzle-orm";
import { users } from "@/lib/db/schema/users";
import { startSmtpServer } from "@/lib/testing/smtp-server";
import { type Answer, cookieOf } from "./api";
import type { Isolated } from "./isolated";
import { addPerson } from "./people";

/** What was sent to one address. */
export type Post = { to: string[]; subject: string; text: string; html: string };

/** Where the mails of a server arrive. */
export type Postbox = {
  /** Settings by which a server sends its mails here. */
  settings: Record<string, string>;
  /** The mail to this address that nobody has read yet; waits for it. @throws Error if none comes in a minute */
  next: (address: string) => Promise<Post>;
  /** Subjects of the mails that nobody has read. */
  unread: () => string[];
  end: () => Promise<void>;
};

const PATIENCE_MS = 60_000;

/** Mails that come in, to be taken out by address. */
function pile() {
  const posts: Post[] = [];
  const waiting = new Set<() => void>();
  const take = (address: string): Post | undefined => {
    const index = posts.findIndex(({ to }) => to.includes(address));
    return index < 0 ? undefined : posts.splice(index, 1)[0];
  };
  return {
    add(post: Post) {
      posts.push(post);
      for (const look of waiting) look();
    },
    next: (address: string) =>
      new Promise<Post>((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(look);
          reject(
            new Error(`No mail to ${address}, but: ${JSON.stringify(posts.map(({ to, subject }) => [to, subject]))}`),
          );
        };
        const timer = setTimeout(giveUp, PATIENCE_MS);
        const look = () => {
          const post = take(address);
          if (!post) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(post);
        };
        waiting.add(look);
        look();
      }),
    unread: () => posts.map(({ subject }) => subject),
  };
}

/** A mail server. */
export async function smtpPostbox(): Promise<Postbox> {
  const smtp = await startSmtpServer();
  const { add, ...postbox } = pile();
  smtp.onMessage = ({ to, subject, text = "", html = "" }) => {
    add({ to, subject, text, html });
    return undefined;
  };
  return { ...postbox, settings: { SMTP_URL: smtp.url }, end: () => smtp.kill() };
}

const RESEND_KEY = "re_test";

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A service that takes mails as Resend does: by key, as JSON. */
export async function resendPostbox(): Promise<Postbox> {
  const { add, ...postbox } = pile();
  const server = http.createServer(async (request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${RESEND_KEY}`;
    const isSend = request.method === "POST" && request.url === "/emails" && request.headers["idempotency-key"];
    const body = await bodyOf(request);
    if (isKnown && isSend) add(JSON.parse(body) as Post);
    response.writeHead(isKnown && isSend ? 200 : 403, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: request.headers["idempotency-key"] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...postbox,
    settings: {
      MAIL_TRANSPORT: "resend",
      RESEND_API_KEY: RESEND_KEY,
      RESEND_BASE_URL: `http://127.0.0.1:${port}`,
    },
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The one address in a mail that opens something.
 * @throws Error where there is none, or more than one
 */
export function linkIn({ text }: Post): string {
  const [link, ...more] = new Set(text.match(/https?:\/\/\S+/g) ?? []);
  if (!link || more.length > 0) throw new Error(`Not one link in this mail:\n${text}`);
  return link;
}

/** The part of a link that must not be seen anywhere. */
export const tokenOf = (link: string): string => link.slice(link.lastIndexOf("/") + 1);

/** Gives a browser a new session of this user, without the login page. */
export async function signIn(browser: BrowserContext, { ctx, url }: Isolated, userId: string): Promise<void> {
  const [name = "", value = ""] = (await cookieOf(ctx(), userId)).split("=");
  await browser.addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
}

/** Somebody with a password who has never proven the address: no verb leaves an account so, old ones may be. */
export async function addUnverified({ ctx }: Isolated, loginId: string): Promise<string> {
  const id = await addPerson(ctx(), loginId);
  await ctx().db.update(users).set({ isVerified: false }).where(eq(users.id, id));
  return id;
}

const BY_CHANCE = ["date", "x-request-id"];

/** What an answer tells, without what is by chance or by the clock. */
export function toldBy({ status, headers, text }: Answer) {
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "";
  const steady = (value: string) => (nonce ? value.replaceAll(nonce, "") : value).replace(/Expires=[^;]+/i, "");
  const all = [...headers]
    .filter(([name]) => !BY_CHANCE.includes(name))
    .map(([name, value]) => `${name}: ${steady(value)}`);
  // React sends the pieces of a page in the order in which they were ready.
  const pieces = steady(text).split(/\\n|(?=<)/);
  return { status, headers: all.sort(), pieces: pieces.sort() };
}
