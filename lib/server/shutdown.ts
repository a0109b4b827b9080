import { setTimeout as pause } from "node:timers/promises";
import { settings } from "@/lib/config/settings";
import { closeDatabase } from "@/lib/db/client";
import { subscribersDone } from "@/lib/events/hub";
import { failureFields } from "@/lib/log/failure";
import { logOf } from "@/lib/log/log";
import type { Connections } from "./connections";
import { beginDraining, isDraining } from "./draining";

/** How a production server ends: nothing that was begun is broken off. */

type Parts = {
  connections: Connections;
  /** What goes on beside the requests; each is done once its current piece of work is. */
  stopWork: (() => Promise<unknown>)[];
  flushTraces: () => Promise<void>;
};

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

/** A terminal sends its signal to npm too, which hands it on: what comes so soon is the same one. */
const SAME_SIGNAL_MS = 500;

const log = logOf("server");

/** Waits for `work`, but no longer than `milliseconds`. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const timesUp = pause(milliseconds, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([work, timesUp]).finally(() => done.abort());
}

const written = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write("", () => resolve()));

async function shutDown({ connections, stopWork, flushTraces }: Parts, signal: string): Promise<void> {
  const startedAt = performance.now();
  const { drainSeconds, acceptMs, graceMs, closeMs, subscribersMs, tracesMs } = settings.shutdown;
  const drainMs = drainSeconds * 1000;
  log.info("shutting down", { signal });
  const [cut] = await Promise.all([
    connections.drain({ acceptMs, graceMs, drainMs }),
    within(drainMs, Promise.all(stopWork.map((stop) => stop()))),
  ]);
  if (cut > 0) log.warn("requests were cut off", { requests: cut });
  await subscribersDone(subscribersMs);
  await within(tracesMs, flushTraces());
  await within(closeMs, closeDatabase());
  log.info("shut down", { ms: Math.round(performance.now() - startedAt) });
  await within(closeMs, Promise.all([process.stdout, process.stderr].map(written)));
}

/**
 * From now on the first SIGTERM or SIGINT lets the process finish and exit with 0, and a second one ends it at once. Takes
 * the place of what Next.js does, which closes idle connections under requests that are on their way.
 */
export function shutDownOnSignal(parts: Parts): void {
  let askedAt = 0;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (isDraining()) {
        if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(EXIT_CODE[signal]);
        return;
      }
      askedAt = performance.now();
      beginDraining();
      shutDown(parts, signal).then(
        () => process.exit(0),
        (error) => {
          log.error("could not shut down in order", failureFields(error));
          process.exit(1);
        },
      );
    });
  }
}
