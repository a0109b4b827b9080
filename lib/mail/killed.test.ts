import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { and, count, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { composePlain } from "@/lib/testing/compose-plain";
import { setUpTestDatabase } from "@/lib/testing/database";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { deliverNext } from "./deliver";
import { smtpTransport } from "./transports/smtp";

/** Processes that deliver and are killed, on a real database, with real mail servers. */

const databaseUrl = setUpTestDatabase();

const MAILS = 100;
const recipients = Array.from({ length: MAILS }, (_, index) => `user${index}@example.test`);

let processes: ChildProcess[] = [];
let servers: SmtpServer[] = [];
beforeEach(async () => {
  await database().delete(mailOutbox);
  await database()
    .insert(mailOutbox)
    .values(recipients.map((recipient) => ({ kind: "reset-password" as const, recipient })));
  processes = [];
  servers = [await startSmtpServer(), await startSmtpServer()];
});
afterEach(async () => {
  for (const child of processes) child.kill("SIGKILL");
  for (const server of servers) await server.kill();
});

/** A process that delivers to a server of its own, so that its mails can be told from those of others. It waits for `go`. */
async function deliverer(
  server: SmtpServer,
): Promise<{ child: ChildProcess; go: () => void; exited: Promise<unknown> }> {
  const child = spawn(process.execPath, ["--import", "tsx", "lib/testing/deliver-all.ts"], {
    env: { ...process.env, NODE_ENV: "test", DATABASE_URL: databaseUrl(), SMTP_URL: server.url },
    stdio: ["pipe", "pipe", "inherit"],
  });
  processes.push(child);
  const exited = once(child, "exit");
  if (child.stdout) await once(child.stdout, "data");
  return { child, go: () => child.stdin?.end("go\n"), exited };
}

/** The two start together; once the first has had `share` mails the second waits until the first is dead. */
async function killInTheMiddle(killAt: (first: SmtpServer, kill: () => Promise<unknown>) => void): Promise<void> {
  const [first, second] = servers as [SmtpServer, SmtpServer];
  const [doomed, other] = await Promise.all([deliverer(first), deliverer(second)]);
  // However the machine shares its time out, both are in the middle when one of them dies.
  second.onMessage = async () => {
    if (second.messages.length > 10) await doomed.exited;
    return undefined;
  };
  killAt(first, () => {
    doomed.child.kill("SIGKILL");
    return doomed.exited;
  });
  doomed.go();
  other.go();
  expect(await doomed.exited).toEqual([null, "SIGKILL"]);
  expect(await other.exited).toEqual([0, null]);
}

/** What the dead process was at; the others have left it alone. */
async function inFlight(): Promise<{ id: string; recipient: string | null }[]> {
  return database()
    .select({ id: mailOutbox.id, recipient: mailOutbox.recipient })
    .from(mailOutbox)
    .where(isNull(mailOutbox.sentAt));
}

/** As if the lease had run out: whoever comes next takes the mail over. */
async function takeOver(): Promise<void> {
  await database().update(mailOutbox).set({ nextTryAt: sql`now()` }).where(isNull(mailOutbox.sentAt));
  const [, second] = servers as [SmtpServer, SmtpServer];
  const transport = smtpTransport(second.url, "no-reply@gatehouse.test");
  expect(await deliverNext({ compose: composePlain, transport })).toBe("sent");
  expect(await deliverNext({ compose: composePlain, transport })).toBe("idle");
  transport.close();
}

function arrivals(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of servers.flatMap(({ messages }) => messages)) {
    expect(to).toHaveLength(1);
    counts.set(String(to), (counts.get(String(to)) ?? 0) + 1);
  }
  return counts;
}

const twice = () => [...arrivals()].filter(([, times]) => times > 1);

async function expectAllSent(): Promise<void> {
  expect([...arrivals().keys()].sort()).toEqual([...recipients].sort());
  const [done] = await database()
    .select({ count: count() })
    .from(mailOutbox)
    .where(and(isNotNull(mailOutbox.sentAt), isNull(mailOutbox.failedAt)));
  expect(done?.count).toBe(MAILS);
  const retried = await database().select().from(mailOutbox).where(eq(mailOutbox.tries, 2));
  expect(retried).toHaveLength(1);
}

describe("of two processes that deliver a hundred mails, one is killed", { timeout: 120_000 }, () => {
  it("when the server has taken a mail and not said so: that one arrives twice, all others once", async () => {
    const [first] = servers as [SmtpServer];
    await killInTheMiddle((server, kill) => {
      server.onMessage = async () => {
        if (server.messages.length === 30) await kill();
        return undefined;
      };
    });
    expect(first.messages).toHaveLength(30);
    const [last, ...more] = await inFlight();
    expect(more).toEqual([]);
    expect(first.messages[29]?.to).toEqual([last?.recipient]);
    await takeOver();
    await expectAllSent();
    expect(twice()).toEqual([[last?.recipient, 2]]);
  });

  it("before the server has taken a mail: all arrive once", async () => {
    const [first] = servers as [SmtpServer];
    await killInTheMiddle((server, kill) => {
      server.onRecipient = async () => {
        if (server.messages.length === 30) await kill();
        return undefined;
      };
    });
    expect(first.messages).toHaveLength(30);
    expect(await inFlight()).toHaveLength(1);
    await takeOver();
    await expectAllSent();
    expect(twice()).toEqual([]);
  });
});
