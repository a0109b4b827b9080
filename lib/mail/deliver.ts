import { setTimeout as pause } from "node:timers/promises";
import { settings } from "@/lib/config/settings";
import { type Database, database, faultOf, isUnavailable } from "@/lib/db/client";
import { claimNext, claimRow, dropRow, markFailed, markSent, type OutboxRow, stateOf } from "./claims";
import type { Mail } from "./content";
import { MailRefused, type MailTransport } from "./transports/transport";

/** Takes mails out of the outbox, one at a time; docs/decisions/0009 says why so. */

/** Turns a row into a mail; null if there is nothing to send any more. */
export type ComposeMail = (row: OutboxRow) => Promise<Mail | null>;

export type Delivery = {
  compose: ComposeMail;
  transport: MailTransport;
  db?: Database;
  /** Bound for composing and sending one mail. */
  sendMs?: number;
  /** Told why a mail was not taken, without addresses and links. */
  onFailure?: (reason: string) => void;
};

/** `dropped`: there was nothing to send any more. `failed`: another try follows, unless the mail was given up. */
export type Outcome = "sent" | "dropped" | "failed";

/** Seconds for which the fact that a mail was taken is not given up, while the database is away. */
const MARK_SENT_SECONDS = 600;

/**
 * What may be stored and logged of a failure. Servers like to quote the address, libraries the link, and the message of a
 * lost connection can be empty.
 */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : error;
  return (faultOf(error) || String(code))
    .replace(/[\p{C}\s]+/gu, " ")
    .replace(/\S*(@|%40|=40)\S*/gi, "…")
    .replace(/\S*:\/\/\S*/g, "…")
    .trim()
    .slice(0, 300);
}

/** A mail that was taken must not be sent again because the database was away for a moment. */
async function insistOnSent(db: Database, row: OutboxRow): Promise<void> {
  const started = performance.now();
  for (;;) {
    try {
      return await markSent(db, row);
    } catch (error) {
      if (!isUnavailable(error) || performance.now() - started > MARK_SENT_SECONDS * 1000) throw error;
      await pause(250);
    }
  }
}

async function attempt(db: Database, row: OutboxRow, delivery: Delivery): Promise<Outcome> {
  const { compose, transport, onFailure } = delivery;
  // Composing counts: all of it has to end before the lease does.
  const signal = AbortSignal.timeout(delivery.sendMs ?? settings.mail.sendSeconds * 1000);
  let mail: Mail | null;
  try {
    mail = await compose(row);
    if (mail) await transport.send(mail, signal);
  } catch (error) {
    const reason = reasonOf(error);
    onFailure?.(reason);
    await markFailed(db, row, reason, error instanceof MailRefused);
    return "failed";
  }
  if (!mail) {
    await dropRow(db, row);
    return "dropped";
  }
  await insistOnSent(db, row);
  return "sent";
}

/**
 * Delivers the mail that is due longest.
 * @returns `idle` if none is due
 */
export async function deliverNext(delivery: Delivery): Promise<Outcome | "idle"> {
  const db = delivery.db ?? database();
  const row = await claimNext(db);
  return row ? attempt(db, row, delivery) : "idle";
}

/**
 * Delivers one certain mail, for those who want to know at once whether it went out.
 * @returns `waiting` if another process is at it, or it waits for its next try
 */
export async function deliverNow(id: string, delivery: Delivery): Promise<Outcome | "waiting"> {
  const db = delivery.db ?? database();
  const row = await claimRow(db, id);
  return row ? attempt(db, row, delivery) : stateOf(db, id);
}
