import { isUnavailable } from "@/lib/db/client";
import { AppError, Blocked, type FieldProblems, Invalid, Taken, TooGenerous, Unavailable } from "@/lib/errors";
import { problemTexts } from "@/lib/i18n/problem-text";
import { problem } from "@/lib/problem";
import { isAllowed, type Need } from "./allowed";
import { type ExcludedMethods, isExcluded } from "./methods";
import type { Principal } from "./principal";
import { loadersFor } from "./request-loaders/choose";
import { credentialsIn, identify, isAmbient, type RequestLoader } from "./request-loaders/loader";
import { isSameOrigin } from "./same-origin";

const STATUS: Record<AppError["code"], number> = {
  "not-found": 404,
  forbidden: 403,
  conflict: 409,
  invalid: 400,
  blocked: 429,
  unavailable: 503,
};

/** A stale version is a failed precondition (RFC 9110 §13.1.1), a taken value a conflict, too generous a grant forbidden. */
function statusOf(error: AppError): number {
  if (error.problem.key === "stale") return 412;
  if (error instanceof Taken) return 409;
  if (error instanceof TooGenerous) return 403;
  return STATUS[error.code];
}

/** Each problem by its field: the key for programs, the sentence for people in the language they accept. */
async function described(fields: FieldProblems) {
  const sentence = await problemTexts();
  return Object.fromEntries(
    Object.entries(fields).map(([field, each]) => [field, { key: each.key, message: sentence(each) }]),
  );
}

/**
 * The answer of an API to a failure that a verb threw.
 * @throws what is no failure of ours
 */
export async function problemOf(error: unknown): Promise<Response> {
  const known = isUnavailable(error) ? new Unavailable() : error;
  if (!(known instanceof AppError)) throw error;
  const { "": detail } = await described({ "": known.problem });
  return problem(statusOf(known), known.code, {
    detail: detail?.message,
    ...(known instanceof Blocked && { retryAfter: known.retryAfterSeconds }),
    ...(known instanceof Invalid && { errors: await described(known.fields) }),
  });
}

type Handler<Params, Caller> = (
  request: Request,
  principal: Caller,
  route: { params: Promise<Params> },
) => Promise<Response> | Response;

type Answer = Response | undefined;

/**
 * How one handler's guard differs from the others. The middleware answers first and knows nothing of it, unless the path's
 * line in lib/routes.ts says `leftToGuard: true`.
 */
export type HandlerOptions = {
  /** The answer to whom nobody knows; without one a 401 follows. */
  onAuthenticationFailure?: (request: Request) => Answer | Promise<Answer>;
  /** The answer to whoever may not do this; without one a 403 follows. */
  onAuthorizationFailure?: (request: Request, principal: Principal) => Answer | Promise<Answer>;
  /** Instead of those in request-loaders/registry.ts. */
  requestLoaders?: readonly RequestLoader[];
};

/** A guard that lets some methods pass: what comes by them is nobody's, and is told from people by null. */
export type ExcludingHandlerOptions = HandlerOptions & { httpMethodsExcluded: ExcludedMethods };

/** Answers for a request that may come in. A copy of what the handler says: the headers of a redirect cannot be changed. */
async function unstored(answer: Promise<Response> | Response): Promise<Response> {
  const response = await answer;
  const headers = new Headers(response.headers);
  headers.set("cache-control", "no-store");
  return new Response(response.body, { status: response.status, headers });
}

/**
 * Guards a route handler: 401 for whom nobody knows, 403 without the permission or from a foreign origin, and problem+json
 * for every failure a verb throws. Methods that are excluded pass without a principal; those of HTTP_METHODS_EXCLUDED are
 * such as read and change nothing, so that their handlers have no use for one.
 * @param need what the caller must satisfy; `"signed-in"` for any user
 */
export function guardHandler<Params = Record<never, never>>(
  need: Need,
  handler: Handler<Params, Principal | null>,
  options: ExcludingHandlerOptions,
): (request: Request, route: { params: Promise<Params> }) => Promise<Response>;
export function guardHandler<Params = Record<never, never>>(
  need: Need,
  handler: Handler<Params, Principal>,
  options?: HandlerOptions,
): (request: Request, route: { params: Promise<Params> }) => Promise<Response>;
export function guardHandler<Params>(
  need: Need,
  // biome-ignore lint/suspicious/noExplicitAny: the signatures above say who the caller is.
  handler: Handler<Params, any>,
  options: HandlerOptions & Partial<ExcludingHandlerOptions> = {},
) {
  const { httpMethodsExcluded, onAuthenticationFailure, onAuthorizationFailure } = options;
  return async (request: Request, route: { params: Promise<Params> }): Promise<Response> => {
    try {
      if (isExcluded(request.method, httpMethodsExcluded)) return await unstored(handler(request, null, route));
      const requestLoaders = options.requestLoaders ?? loadersFor(new URL(request.url).pathname);
      const credentials = credentialsIn(request.headers);
      const principal = await identify(credentials, requestLoaders);
      if (!principal) return (await onAuthenticationFailure?.(request)) ?? problem(401, "Unauthorized");
      const isFromHere = !isAmbient(credentials, requestLoaders) || isSameOrigin(request);
      if (!isFromHere) return problem(403, "Cross-site request refused");
      if (!isAllowed(principal, need)) {
        return (await onAuthorizationFailure?.(request, principal)) ?? problem(403, "Forbidden");
      }
      return await unstored(handler(request, principal, route));
    } catch (error) {
      return problemOf(error);
    }
  };
}
