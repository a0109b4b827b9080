import { AsyncLocalStorage } from "node:async_hooks";
import type { IdentityRefusal } from "./oidc/identities";

/** What came of a sign-in that runs inside Auth.js, which would tell only of success or of an error by its own name. */
export type Journey = {
  /** What went wrong. */
  error?: unknown;
  refusal?: IdentityRefusal;
  /** Whoever came back had asked to connect the identity with the account, not to sign in. */
  connecting?: true;
  /** A session has begun. */
  signedIn?: true;
};

const journeys = new AsyncLocalStorage<Journey>();

/** Runs `work` and tells what came of it. */
export async function onJourney<T>(work: () => Promise<T>): Promise<{ result: T; journey: Journey }> {
  const journey: Journey = {};
  const result = await journeys.run(journey, work);
  return { result, journey };
}

/** Notes something of the journey that runs here, if any does. */
export const note = (what: Journey): void => {
  Object.assign(journeys.getStore() ?? {}, what);
};
