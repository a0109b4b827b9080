import { failureFields } from "@/lib/log/failure";
import { logOf } from "@/lib/log/log";
import { noteUnavailable } from "./unavailable";

const log = logOf("next");

/** Next.js prints an error before it tells the app of it, where more is known. */
const WAIT_MS = 100;

// Next.js tells of errors in another module graph than the one that the server has started in.
const shared = globalThis as typeof globalThis & {
  gatehouseErrors?: { waiting: Map<unknown, () => void>; told: WeakSet<object> };
};
const errors = () => (shared.gatehouseErrors ??= { waiting: new Map(), told: new WeakSet() });

/** Where an error came up, as Next.js tells it. */
type Place = { routePath: string; routeType: string };

/** Logs an error of a page, an action or a handler. */
export function logRequestError(error: unknown, { routePath, routeType }: Place): void {
  noteUnavailable(error);
  const { waiting, told } = errors();
  waiting.delete(error);
  if (typeof error === "object" && error !== null) told.add(error);
  const digest = (error as { digest?: unknown } | null)?.digest;
  log.error("unhandled error", {
    ...failureFields(error),
    route: routePath,
    kind: routeType,
    ...(typeof digest === "string" && { digest }),
  });
}

/** Logs an error that was printed, unless `logRequestError` is told of it in time or was already. */
export function logPrintedError(error: Error, msg: string): void {
  const { waiting, told } = errors();
  if (told.has(error) || waiting.has(error)) return;
  waiting.set(error, () => {
    waiting.delete(error);
    log.error(msg, failureFields(error));
  });
  setTimeout(() => waiting.get(error)?.(), WAIT_MS).unref();
}

/** Logs at once what has waited, for a process that ends. */
export function logWaitingErrors(): void {
  for (const tell of errors().waiting.values()) tell();
}
