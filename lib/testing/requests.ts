import { HEADER } from "@/lib/auth/request";
import { endSession, sessionCookieName, startSession } from "@/lib/auth/session";
import { config } from "@/lib/config/env";
import { testContext } from "./context";
import type { TestUser } from "./factories";
import { requestScope } from "./next/request-scope";

/**
 * Pages, actions and route handlers, called as they would be by a request of somebody: without a server and without a
 * browser, but with their guards. See docs/testing.md.
 */

export type Sender = {
  /** Signed in for this request only; left out, nobody is. */
  as?: TestUser;
  /** Signed in until the test ends it: what `signedInClient` keeps. */
  cookies?: Map<string, string>;
  /** Sent as `Authorization: Bearer`. */
  bearer?: string;
  headers?: Record<string, string>;
};

type Params = Record<string, string | string[]>;

/** What came of opening a page or of an action: how it ended, and what it returned. */
export type Outcome<Result = unknown> =
  | { is: "done"; result: Result }
  | { is: "redirected"; to: string }
  | { is: "forbidden" | "not found" };

const STATUS = { "403": "forbidden", "404": "not found" } as const;

/** Next.js ends a page or an action by an error that says how. */
function endOf(error: unknown): Outcome<never> {
  const [kind, first = "", ...rest] = String((error as { digest?: unknown }).digest).split(";");
  if (kind === "NEXT_REDIRECT") return { is: "redirected", to: rest.slice(0, -2).join(";") };
  const is = kind === "NEXT_HTTP_ERROR_FALLBACK" ? STATUS[first as keyof typeof STATUS] : undefined;
  if (!is) throw error;
  return { is };
}

async function outcomeOf<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { is: "done", result: await work() };
  } catch (error) {
    return endOf(error);
  }
}

const cookiesOf = async (user: TestUser): Promise<Map<string, string>> =>
  new Map([[sessionCookieName(), await startSession(testContext({ kind: "system" }), user, "password")]]);

/** Runs `work` as a request of this sender; a session that was made for it ends with it. */
async function serving<T>(
  { as, cookies: kept, bearer, headers = {} }: Sender,
  { method, path }: { method: string; path: string },
  work: (headers: Headers) => Promise<T>,
): Promise<T> {
  const cookies = as ? await cookiesOf(as) : (kept ?? new Map<string, string>());
  const session = as && cookies.get(sessionCookieName());
  const all = new Headers({
    origin: config().AUTH_URL,
    "accept-language": "en",
    ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    [HEADER.location]: path,
    [HEADER.method]: method,
    ...headers,
  });
  try {
    return await requestScope.run({ headers: all, cookies }, () => work(all));
  } finally {
    if (session) await endSession(testContext(), session);
  }
}

export type Handler = (request: Request, route: { params: Promise<never> }) => Promise<Response> | Response;

/**
 * Calls a route handler.
 *
 * ```ts
 * const response = await request(GET, "/api/reports/7", { as: clerk, params: { id: "7" } });
 * ```
 */
export function request(
  handler: Handler,
  path: string,
  { method = "GET", body, params = {}, ...sender }: Sender & { method?: string; body?: unknown; params?: Params } = {},
): Promise<Response> {
  return serving(sender, { method, path }, async (headers) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const asked = new Request(`${config().AUTH_URL}${path}`, { method, headers, ...json });
    return handler(asked, { params: Promise.resolve(params as never) });
  });
}

type PageProps = { params: Promise<never>; searchParams: Promise<never> };

/**
 * Opens a page as far as it decides by itself: its guard, what it looks up, and where it leads. What it shows is not drawn.
 *
 * ```ts
 * expect(await open(ReportsPage, "/reports", { as: clerk })).toMatchObject({ is: "done" });
 * ```
 */
export function open(
  page: (props: PageProps) => unknown,
  path: string,
  { params = {}, searchParams = {}, ...sender }: Sender & { params?: Params; searchParams?: Params } = {},
): Promise<Outcome> {
  const props = { params: Promise.resolve(params as never), searchParams: Promise.resolve(searchParams as never) };
  return serving(sender, { method: "GET", path }, () => outcomeOf(async () => page(props)));
}

/**
 * Calls a server action with what it takes: a form, or a state and a form.
 *
 * ```ts
 * const outcome = await submit(saveReport, [{}, formOf({ title: "Q3" })], { as: clerk });
 * ```
 */
export function submit<Args extends unknown[], Result>(
  action: (...args: Args) => Promise<Result>,
  args: Args,
  sender: Sender = {},
): Promise<Outcome<Result>> {
  return serving(sender, { method: "POST", path: "/" }, () => outcomeOf(() => action(...args)));
}

/** A form with these fields; a list is a field several times. */
export function formOf(fields: Record<string, string | string[]>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) form.append(name, each);
  return form;
}

/**
 * Somebody who stays signed in from one request to the next, as with a browser.
 *
 * ```ts
 * const clerk = await signedInClient(await createTestUser({ permissions: ["reports-view"] }));
 * await clerk.submit(saveReport, [{}, formOf({ title: "Q3" })]);
 * await clerk.open(ReportsPage, "/reports");
 * ```
 */
export async function signedInClient(user: TestUser) {
  const cookies = await cookiesOf(user);
  return {
    request: (handler: Handler, path: string, options: Parameters<typeof request>[2] = {}) =>
      request(handler, path, { ...options, cookies }),
    open: (page: Parameters<typeof open>[0], path: string, options: Parameters<typeof open>[2] = {}) =>
      open(page, path, { ...options, cookies }),
    submit: <Args extends unknown[], Result>(action: (...args: Args) => Promise<Result>, args: Args) =>
      submit(action, args, { cookies }),
  };
}
