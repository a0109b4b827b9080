import { AsyncLocalStorage } from "node:async_hooks";

/** What Next.js knows of the request that is being served, as far as this app asks. */
export type RequestScope = {
  headers: Headers;
  /** Name and value; what is set while the request is served is added. */
  cookies: Map<string, string>;
};

export const requestScope = new AsyncLocalStorage<RequestScope>();

/** @throws Error outside a request, as Next.js does */
export function currentScope(): RequestScope {
  const scope = requestScope.getStore();
  if (!scope) throw new Error("There is no request: call this through lib/testing/requests.ts.");
  return scope;
}
