import type { ServerResponse } from "node:http";
import { isUnavailable } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { currentRequest, type LoggedRequest } from "@/lib/log/request";

/** Pages that could not be drawn since the database is away. Next.js answers 500 to all that fail; this is no fault. */

// Next.js tells of errors in another module graph than the one that the server has started in.
const shared = globalThis as typeof globalThis & { gatehouseUnavailable?: WeakSet<LoggedRequest> };

const requests = () => (shared.gatehouseUnavailable ??= new WeakSet());

/** Keeps in mind that the request being served has met a database, or something else, that cannot be asked now. */
export function noteUnavailable(error: unknown): void {
  const request = currentRequest();
  const isSo = isUnavailable(error) || (error instanceof AppError && error.code === "unavailable");
  if (request && isSo) requests().add(request);
}

/** Lets `response`, to a request for which that was noted, say 503 and when to come back. */
export function tellUnavailable(response: ServerResponse, request: LoggedRequest): void {
  const writeHead = response.writeHead.bind(response) as (status: number, ...more: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...more: unknown[]) => {
    if (status !== 500 || !requests().has(request)) return writeHead(status, ...more);
    response.setHeader("retry-after", "5");
    return writeHead(503, ...more);
  };
}
