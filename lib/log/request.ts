import { AsyncLocalStorage } from "node:async_hooks";

/** What every line of the log says of the request it was written for. */
export type LoggedRequest = { requestId: string; traceId?: string };

// Middleware, pages and handlers share one process but not one module graph.
const shared = globalThis as typeof globalThis & {
  gatehouseRequest?: AsyncLocalStorage<LoggedRequest>;
  gatehousePeople?: WeakMap<LoggedRequest, string>;
};

function storage(): AsyncLocalStorage<LoggedRequest> {
  shared.gatehouseRequest ??= new AsyncLocalStorage();
  return shared.gatehouseRequest;
}

/** Whatever is done from here on, and what follows from it, is done for this request. */
export const enterRequest = (request: LoggedRequest): void => storage().enterWith(request);

/** The request that is being served; undefined for what the app does by itself. */
export const currentRequest = (): LoggedRequest | undefined => storage().getStore();

function people(): WeakMap<LoggedRequest, string> {
  shared.gatehousePeople ??= new WeakMap();
  return shared.gatehousePeople;
}

/** Notes who makes the request that is being served, for the line that tells of a refusal. */
export function noteUser(userId: string): void {
  const request = currentRequest();
  if (request) people().set(request, userId);
}

/** Who makes the request, if that is known by now. */
export const userOf = (request: LoggedRequest | undefined): string | undefined => request && people().get(request);
