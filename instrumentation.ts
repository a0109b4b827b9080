import type { Instrumentation } from "next";

/** Called once by Next.js when a server process starts, before the first request. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { start } = await import("@/lib/start");
  await start();
}

/** Called by Next.js for every error that a page, an action or a handler did not expect. */
export const onRequestError: Instrumentation.onRequestError = async (error, _request, place) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { logRequestError } = await import("@/lib/server/request-error");
  logRequestError(error, place);
};
