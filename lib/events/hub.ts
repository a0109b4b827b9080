import { setTimeout as pause } from "node:timers/promises";
import { faultOf } from "@/lib/db/client";
import { logOf } from "@/lib/log/log";
import type { Event, EventName, Subscriber } from "./event";

/**
 * Tells subscribers what has happened, once it is certain. Nobody waits for them, and what goes wrong in one is logged and
 * hurts nobody else.
 */

type Hub = {
  subscribers: Map<EventName, Set<Subscriber<never>>>;
  running: Set<Promise<void>>;
};

const log = logOf("events");

// Next.js may load this file more than once in a process.
const shared = globalThis as typeof globalThis & { gatehouseEvents?: Hub };

function hub(): Hub {
  shared.gatehouseEvents ??= { subscribers: new Map(), running: new Set() };
  return shared.gatehouseEvents;
}

/**
 * Has `subscriber` called after each event of this name, in this process.
 * @returns a function that ends it
 */
export function subscribe<Name extends EventName>(name: Name, subscriber: Subscriber<Name>): () => void {
  const { subscribers } = hub();
  const those = subscribers.get(name) ?? new Set();
  subscribers.set(name, those.add(subscriber as Subscriber<never>));
  return () => {
    those.delete(subscriber as Subscriber<never>);
  };
}

/** Calls those who have subscribed, each on its own, and waits for none. */
export function publish<Name extends EventName>(name: Name, event: Event<Name>): void {
  const { subscribers, running } = hub();
  for (const subscriber of subscribers.get(name) ?? []) {
    const call = (async () => (subscriber as Subscriber<Name>)(event))().catch((error: unknown) =>
      log.error("a subscriber failed", { event: name, fault: faultOf(error) }),
    );
    running.add(call);
    call.finally(() => running.delete(call));
  }
}

/** Waits until all subscribers are done, for processes that want to exit; at most so long. */
export async function subscribersDone(mostMs: number): Promise<void> {
  const late = new AbortController();
  const { running } = hub();
  const done = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  await Promise.race([done(), pause(mostMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
}
