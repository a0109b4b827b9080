import { eq } from "drizzle-orm";
import { sessionCookieName, startSession } from "@/lib/auth/session";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";

/** Plain HTTP requests with a session, the way a program sends them: no browser and no page. */

export type Json = Record<string, unknown>;

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  /** The body as an object; empty if it is none. */
  json: Json;
};

export type Sending = {
  /** Sent as JSON, unless it is a text or a form. */
  body?: unknown;
  /** Beside those of the client; one that is null is left out. */
  headers?: Record<string, string | null>;
};

export type Client = (method: string, path: string, sending?: Sending) => Promise<Answer>;

/** The `Cookie` header of a new session of this user. */
export async function cookieOf(ctx: Context, id: string): Promise<string> {
  const [user] = await ctx.db.select({ id: users.id, loginId: users.loginId }).from(users).where(eq(users.id, id));
  if (!user) throw new Error(`no user ${id}`);
  return `${sessionCookieName()}=${await startSession(ctx, user, "password")}`;
}

function objectOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

const encoded = (body: unknown): BodyInit | null => {
  if (body === undefined) return null;
  return typeof body === "string" || body instanceof FormData ? body : JSON.stringify(body);
};

/** Requests to the server at `base`, from its own origin; without a cookie they are nobody's. */
export function clientOf(base: string, cookie?: string): Client {
  return async (method, path, { body, headers = {} } = {}) => {
    // Each on a connection of its own: one that has been idle may be closed by the server as the next request leaves.
    const all = { connection: "close", origin: base, cookie: cookie ?? null, "accept-language": "en", ...headers };
    const response = await fetch(base + path, {
      method,
      body: encoded(body),
      headers: Object.entries(all).flatMap(([name, value]): [string, string][] =>
        value === null ? [] : [[name, value]],
      ),
      redirect: "manual",
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: objectOf(text) };
  };
}

/**
 * What the client router gets. Next.js gives flight data only at an address that names the headers it was asked with, and
 * leads there.
 */
export async function getFlight(
  client: Client,
  path: string,
  headers: Record<string, string> = { rsc: "1" },
): Promise<Answer> {
  const answer = await client("GET", path, { headers });
  const location = answer.headers.get("location") ?? "";
  return answer.status === 307 && location.includes("_rsc") ? client("GET", location, { headers }) : answer;
}
