import { currentRequest, type LoggedRequest } from "@/lib/log/request";

/**
 * What is found out once for a request and then known to the middleware, the page, and whoever else serves it. It stays in
 * this process with the request that it belongs to: no client can bring it along, and without the middleware it is found
 * out by whoever asks first.
 */

type Known = Map<string, Promise<unknown>>;

// Middleware, pages and handlers share one process but not one module graph.
const shared = globalThis as typeof globalThis & { gatehouseKnown?: WeakMap<LoggedRequest, Known> };

/**
 * The outcome of `work`, which is done once for each `key` of the request that is being served; outside of requests, and after
 * a failure, it is done anew.
 */
export function oncePerRequest<T>(key: string, work: () => Promise<T>): Promise<T> {
  const request = currentRequest();
  if (!request) return work();
  shared.gatehouseKnown ??= new WeakMap();
  const known: Known = shared.gatehouseKnown.get(request) ?? new Map();
  shared.gatehouseKnown.set(request, known);
  const before = known.get(key) as Promise<T> | undefined;
  if (before) return before;
  const outcome = work();
  known.set(key, outcome);
  outcome.catch(() => known.delete(key));
  return outcome;
}
