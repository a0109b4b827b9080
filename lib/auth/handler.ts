import { isUnavailable } from "@/lib/db/client";
import { AppError, Blocked, type FieldProblems, Invalid, Taken, TooGenerous, Unavailable } from "@/lib/errors";
import { problemTexts } from "@/lib/i18n/problem-text";
import { problem } from "@/lib/problem";
import { type Condition, satisfies } from "./conditions";
import { currentPrincipal } from "./current";
import type { Principal } from "./principal";
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

type Handler<Params> = (
  request: Request,
  principal: Principal,
  route: { params: Promise<Params> },
) => Promise<Response> | Response;

/**
 * Guards a route handler: 401 without a session, 403 without the permission or from a foreign origin, and problem+json
 * for every failure a verb throws.
 * @param condition what the caller must satisfy; `"signed-in"` for any user
 */
export function guardHandler<Params = Record<never, never>>(
  condition: Condition | "signed-in",
  handler: Handler<Params>,
) {
  return async (request: Request, route: { params: Promise<Params> }): Promise<Response> => {
    try {
      const principal = await currentPrincipal();
      if (!principal) return problem(401, "Unauthorized");
      if (!isSameOrigin(request)) return problem(403, "Forbidden");
      if (condition !== "signed-in" && !satisfies(principal, condition)) return problem(403, "Forbidden");
      const response = await handler(request, principal, route);
      // A copy: the headers of a redirect cannot be changed.
      const headers = new Headers(response.headers);
      headers.set("cache-control", "no-store");
      return new Response(response.body, { status: response.status, headers });
    } catch (error) {
      return problemOf(error);
    }
  };
}
