import diagnostics from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { clientAddress, HEADER } from "@/lib/auth/request";
import { logOf } from "@/lib/log/log";
import { currentRequest, enterRequest, userOf } from "@/lib/log/request";
import { headersOfEveryAnswer } from "@/lib/middleware/security-headers";
import { maskedAddress } from "./masked";
import { requestIdFor } from "./request-id";
import { tellUnavailable } from "./unavailable";

/** What is done with each request before and after anybody handles it. */

const START = "http.server.request.start";

type Started = { request: IncomingMessage; response: ServerResponse; socket: Socket };

const log = logOf("http");

/** Asked for every few seconds, or many at a time, and of no interest. */
const isQuiet = (path: string) => path.startsWith("/api/health/") || path.startsWith("/_next/static/");

/** The address that limits, sessions and the audit trail have too. */
const addressOf = ({ headers }: IncomingMessage) =>
  clientAddress({ get: (name) => [headers[name] ?? []].flat().join(", ") || null });

const isRefusal = (status: number) => status === 401 || status === 403;

/** One line when the answer is out, or when nobody waits for it any more. */
function logEnd(request: IncomingMessage, response: ServerResponse): void {
  const startedAt = performance.now();
  const { method, url = "" } = request;
  const ip = addressOf(request);
  const logged = currentRequest();
  response.once("close", () => {
    const path = maskedAddress(url);
    const isAborted = !response.writableFinished;
    log[isQuiet(path) ? "debug" : "info"](isAborted ? "request aborted" : "request", {
      ...logged,
      method,
      path,
      ip,
      ...(response.headersSent && { status: response.statusCode }),
      ...(isRefusal(response.statusCode) && { userId: userOf(logged) }),
      ms: Math.round(performance.now() - startedAt),
    });
  });
}

/** Every value that was sent under this name. */
const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

/**
 * Next.js does not hand the peer's address to the app, takes X-Forwarded-For as it comes, and hides from the middleware
 * whether its client router asks. The headers set here overwrite whatever a client sent under their names.
 */
function noteFacts({ headers, method, rawHeaders }: IncomingMessage, socket: Socket, requestId: string): void {
  // Node keeps the first of several, so that two readers of one request could mean different people.
  const authorizations = valuesOf(rawHeaders, "authorization");
  if (authorizations.length > 1) headers.authorization = authorizations.join(", ");
  headers[HEADER.method] = method ?? "";
  headers[HEADER.socket] = socket.remoteAddress ?? "";
  const isPrefetch = headers["next-router-prefetch"] !== undefined;
  headers[HEADER.router] = isPrefetch ? "prefetch" : headers.rsc ? "navigation" : "";
  headers[HEADER.requestId] = requestId;
}

function onStart(message: unknown): void {
  const { request, response, socket } = message as Started;
  const requestId = requestIdFor(request.headers[HEADER.requestId]);
  const known = { requestId };
  enterRequest(known);
  noteFacts(request, socket, requestId);
  response.setHeader(HEADER.requestId, requestId);
  for (const [name, value] of Object.entries(headersOfEveryAnswer(request.url ?? ""))) response.setHeader(name, value);
  tellUnavailable(response, known);
  logEnd(request, response);
}

// A development server registers anew, from another module graph, when files change.
const shared = globalThis as typeof globalThis & { gatehouseOnStart?: typeof onStart };

/** Notes the facts of each request from now on, as Node announces it before anybody handles it, and logs its end. */
export function watchRequests(): void {
  if (shared.gatehouseOnStart) diagnostics.unsubscribe(START, shared.gatehouseOnStart);
  shared.gatehouseOnStart = onStart;
  diagnostics.subscribe(START, onStart);
}
