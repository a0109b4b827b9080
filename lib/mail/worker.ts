import { setTimeout as pause } from "node:timers/promises";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { database, faultOf } from "@/lib/db/client";
import { failureFields } from "@/lib/log/failure";
import { logOf } from "@/lib/log/log";
import { pruneOutbox } from "./claims";
import { type ComposeMail, deliverNext } from "./deliver";
import { chooseTransport } from "./transports/choose";
import type { MailTransport } from "./transports/transport";

const log = logOf("mail");

/** Delivers what lies in the outbox, as long as the process lives. */

type Stop = () => Promise<void>;

const LONGEST_PAUSE_SECONDS = 5;
const PRUNE_EVERY_MS = 3_600_000;

// A development server registers anew, from another module graph, when files change.
const shared = globalThis as typeof globalThis & { gatehouseMailWorker?: Stop | undefined };

/** One message when trouble begins, and none until it is over. */
function reporter(what: string) {
  let isReported = false;
  return {
    trouble(reason: string) {
      if (!isReported) log.error(what, { fault: reason });
      isReported = true;
    },
    over() {
      isReported = false;
    },
  };
}

async function work(transport: MailTransport, compose: ComposeMail, stopping: AbortSignal): Promise<void> {
  const sending = reporter("a mail could not be sent and will be tried again");
  const outage = reporter("the outbox cannot be read, mails wait");
  // A loop at rest keeps no process alive that wants to end.
  const rest = (seconds: number) =>
    pause(seconds * 1000, undefined, { ref: false, signal: stopping }).catch(() => undefined);
  let faults = 0;
  let prunedAt = Number.NEGATIVE_INFINITY;

  async function step(): Promise<void> {
    const outcome = await deliverNext({ compose, transport, onFailure: sending.trouble });
    if (outcome === "sent") sending.over();
    if (outcome !== "idle") return;
    transport.close();
    if (performance.now() - prunedAt > PRUNE_EVERY_MS) {
      await pruneOutbox(database());
      prunedAt = performance.now();
    }
    await rest(settings.mail.pollSeconds);
  }

  while (!stopping.aborted) {
    try {
      await step();
      outage.over();
      faults = 0;
    } catch (error) {
      outage.trouble(faultOf(error));
      faults += 1;
      await rest(Math.min(faults * settings.mail.pollSeconds, LONGEST_PAUSE_SECONDS));
    }
  }
  transport.close();
}

function begin(compose: ComposeMail): Stop {
  const stopping = new AbortController();
  const ended = chooseTransport()
    .then((transport) => transport && work(transport, compose, stopping.signal))
    .catch((error) => log.error("the worker ended", failureFields(error)));
  return async () => {
    stopping.abort();
    await ended;
    shared.gatehouseMailWorker = undefined;
  };
}

/**
 * Starts delivering in the background, once per process however often it is called. Does nothing where the app sends no mail;
 * where production has not said how, mails wait, which is told loudly.
 * @returns a function that ends the delivery once the mail in flight has gone out or failed
 */
export function startMailWorker(compose: ComposeMail): Stop {
  const { mailEnabled, MAIL_TRANSPORT } = config();
  if (!mailEnabled) return async () => {};
  if (!MAIL_TRANSPORT) {
    log.warn(
      "NO MAIL IS SENT: set SMTP_URL or RESEND_API_KEY. Mails wait in the outbox. Without mail: EMAIL_ENABLED=false",
    );
    return async () => {};
  }
  shared.gatehouseMailWorker ??= begin(compose);
  return shared.gatehouseMailWorker;
}
