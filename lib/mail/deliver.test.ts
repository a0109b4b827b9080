import { eq, isNull, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { settings } from "@/lib/config/settings";
import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { composePlain } from "@/lib/testing/compose-plain";
import { setUpTestDatabase } from "@/lib/testing/database";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { claimNext, type OutboxRow, pruneOutbox, secondsToWait } from "./claims";
import { type ComposeMail, type Delivery, deliverNext, deliverNow, reasonOf } from "./deliver";
import { smtpTransport } from "./transports/smtp";
import type { MailTransport } from "./transports/transport";

setUpTestDatabase();

const FROM = "Gatehouse <no-reply@gatehouse.test>";

let server: SmtpServer;
let transport: MailTransport;
let delivery: Delivery;
beforeAll(async () => {
  server = await startSmtpServer();
  transport = smtpTransport(server.url, FROM);
});
beforeEach(async () => {
  await database().delete(mailOutbox);
  server.messages.length = 0;
  server.onMessage = undefined;
  server.onRecipient = undefined;
  delivery = { compose: composePlain, transport };
});
afterAll(async () => {
  transport.close();
  await server.kill();
});

async function queue(...recipients: string[]): Promise<string[]> {
  const rows = await database()
    .insert(mailOutbox)
    .values(recipients.map((recipient) => ({ kind: "reset-password" as const, recipient })))
    .returning({ id: mailOutbox.id });
  return rows.map(({ id }) => id);
}

async function queueOne(recipient = "ann@example.test"): Promise<string> {
  const [id = ""] = await queue(recipient);
  return id;
}

/** The row, and the seconds until its next try, by the clock of the database. */
async function rowOf(id: string): Promise<OutboxRow & { wait: number }> {
  const [found] = await database()
    .select({ row: mailOutbox, wait: sql<number>`extract(epoch from ${mailOutbox.nextTryAt} - now())::float` })
    .from(mailOutbox)
    .where(eq(mailOutbox.id, id));
  if (!found) throw new Error(`There is no row ${id}.`);
  return { ...found.row, wait: found.wait };
}

/** As if the time of its next try had come. */
const makeDue = (id: string) =>
  database().update(mailOutbox).set({ nextTryAt: sql`now()` }).where(eq(mailOutbox.id, id));

const age = (id: string, fields: Partial<Record<"createdAt" | "sentAt" | "failedAt", ReturnType<typeof sql>>>) =>
  database().update(mailOutbox).set(fields).where(eq(mailOutbox.id, id));

describe("a mail", () => {
  it("goes out once, and the row says so", async () => {
    const id = await queueOne();
    expect(await deliverNext(delivery)).toBe("sent");
    expect(await deliverNext(delivery)).toBe("idle");
    expect(server.messages).toMatchObject([
      { from: "no-reply@gatehouse.test", to: ["ann@example.test"], subject: "Password Reset Link", text: "Hello" },
    ]);
    expect(await rowOf(id)).toMatchObject({ sentAt: expect.any(Date), failedAt: null, lastError: null, tries: 1 });
  });

  it("goes out once however many deliver at the same time", async () => {
    const recipients = Array.from({ length: 50 }, (_, index) => `user${index}@example.test`);
    await queue(...recipients);
    const deliverAll = async () => {
      const own = smtpTransport(server.url, FROM);
      let outcome: string;
      do outcome = await deliverNext({ ...delivery, transport: own });
      while (outcome !== "idle");
      own.close();
    };
    await Promise.all(Array.from({ length: 8 }, deliverAll));
    expect(server.messages.flatMap(({ to }) => to).sort()).toEqual(recipients.sort());
    const unsent = await database().select().from(mailOutbox).where(isNull(mailOutbox.sentAt));
    expect(unsent).toEqual([]);
  });

  it("that is due longest goes first, and one that is not due stays", async () => {
    const [later = "", first = "", second = ""] = await queue("later@x.test", "first@x.test", "second@x.test");
    const wait = (id: string, seconds: number) =>
      database()
        .update(mailOutbox)
        .set({ nextTryAt: sql`now() + make_interval(secs => ${seconds})` })
        .where(eq(mailOutbox.id, id));
    await wait(first, -20);
    await wait(second, -10);
    await wait(later, 60);
    expect(await deliverNext(delivery)).toBe("sent");
    expect(await deliverNext(delivery)).toBe("sent");
    expect(await deliverNext(delivery)).toBe("idle");
    expect(server.messages.flatMap(({ to }) => to)).toEqual(["first@x.test", "second@x.test"]);
  });

  it("with nothing to say any more is forgotten", async () => {
    await queueOne();
    expect(await deliverNext({ ...delivery, compose: async () => null })).toBe("dropped");
    expect(await database().select().from(mailOutbox)).toEqual([]);
    expect(server.messages).toEqual([]);
  });

  it("of a process that died is taken over when its lease has run out, not before", async () => {
    const id = await queueOne();
    // Died after it had taken the row.
    await expect(
      deliverNext({ ...delivery, compose: () => Promise.reject(new Error()), db: dyingAfterClaim() }),
    ).rejects.toThrow("died");
    expect(await rowOf(id)).toMatchObject({ tries: 1, sentAt: null });
    expect((await rowOf(id)).wait).toBeGreaterThan(settings.mail.sendSeconds);
    expect(await deliverNext(delivery)).toBe("idle");
    await makeDue(id);
    expect(await deliverNext(delivery)).toBe("sent");
    expect(await rowOf(id)).toMatchObject({ tries: 2, sentAt: expect.any(Date) });
  });

  it("that failed for one who lost the row meanwhile stays with the one who has it", async () => {
    const id = await queueOne();
    const outcome = await deliverNext({
      ...delivery,
      compose: async () => {
        await makeDue(id);
        expect(await claimNext(database())).toMatchObject({ id });
        throw new Error("too late");
      },
    });
    expect(outcome).toBe("failed");
    const row = await rowOf(id);
    expect(row).toMatchObject({ lastError: null, failedAt: null, tries: 2 });
    expect(row.wait).toBeGreaterThan(settings.mail.sendSeconds);
  });
});

/** A database that breaks for its user once a row was claimed. */
function dyingAfterClaim() {
  let statements = 0;
  return new Proxy(database(), {
    get(db, name, receiver) {
      if (name === "update") {
        statements += 1;
        if (statements > 1) throw new Error("died");
      }
      return Reflect.get(db, name, receiver);
    },
  });
}

describe("a mail that is not taken", () => {
  it("is tried again after waits that grow to an hour, and has not arrived twice", async () => {
    const id = await queueOne();
    server.onRecipient = () => ({ code: 451, text: "4.7.1 Greylisted, try again later" });
    const waits: number[] = [];
    for (let count = 1; count <= 12; count += 1) {
      expect(await deliverNext(delivery)).toBe("failed");
      const row = await rowOf(id);
      expect(row).toMatchObject({ tries: count, sentAt: null, failedAt: null });
      expect(row.lastError).toContain("451 4.7.1 Greylisted");
      waits.push(row.wait);
      expect(await deliverNext(delivery)).toBe("idle");
      await makeDue(id);
    }
    expect(waits[0]).toBeGreaterThan(14);
    for (const [index, wait] of waits.slice(0, 8).entries()) expect(waits[index + 1]).toBeGreaterThan(wait);
    expect(Math.max(...waits)).toBeLessThanOrEqual(3600);
    expect(Math.min(...waits.slice(8))).toBeGreaterThan(2800);
    server.onRecipient = undefined;
    expect(await deliverNext(delivery)).toBe("sent");
    expect(server.messages).toHaveLength(1);
  });

  it.each([
    ["the recipient", () => ({ onRecipient: () => ({ code: 550, text: "5.1.1 <ann@example.test>: unknown" }) })],
    ["the message", () => ({ onMessage: () => ({ code: 554, text: "5.6.0 rejected" }) })],
  ])("is given up when %s is refused for good", async (_, refusing) => {
    const id = await queueOne();
    Object.assign(server, refusing());
    expect(await deliverNext(delivery)).toBe("failed");
    expect(await rowOf(id)).toMatchObject({ failedAt: expect.any(Date), sentAt: null, tries: 1 });
    await makeDue(id);
    expect(await deliverNext(delivery)).toBe("idle");
  });

  it("is given up after two days", async () => {
    const [old = "", young = ""] = await queue("old@x.test", "young@x.test");
    await age(old, { createdAt: sql`now() - interval '48 hours 1 second'` });
    await age(young, { createdAt: sql`now() - interval '47 hours 59 minutes'` });
    server.onMessage = () => ({ code: 451, text: "later" });
    await deliverNext(delivery);
    await deliverNext(delivery);
    expect((await rowOf(old)).failedAt).not.toBeNull();
    expect((await rowOf(young)).failedAt).toBeNull();
  });

  it("is tried again when the server takes it and breaks off without an answer", async () => {
    const id = await queueOne();
    server.onMessage = () => "drop";
    expect(await deliverNext(delivery)).toBe("failed");
    // One try is one try: the library does not repeat it behind our back.
    expect(server.messages).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ failedAt: null, tries: 1 });
  });

  it("costs no more than the bound when the server never answers", async () => {
    const id = await queueOne();
    server.onMessage = () => new Promise(() => {});
    expect(await deliverNext({ ...delivery, sendMs: 300 })).toBe("failed");
    expect((await rowOf(id)).lastError).toMatch(/timeout/i);
    expect((await rowOf(id)).failedAt).toBeNull();
  });

  it("for which writing took too long is not sent", async () => {
    await queueOne();
    const slowly: ComposeMail = (row) =>
      new Promise((resolve) => AbortSignal.timeout(60).addEventListener("abort", () => resolve(composePlain(row))));
    expect(await deliverNext({ ...delivery, compose: slowly, sendMs: 30 })).toBe("failed");
    expect(server.messages).toEqual([]);
  });

  it("leaves no address and no link behind", async () => {
    const id = await queueOne();
    const reasons: string[] = [];
    const text = `5.1.1 <ann@example.test> ann%40example.test see https://gatehouse.test/reset-password/secret\0${" x".repeat(400)}`;
    await deliverNext({
      ...delivery,
      compose: () => Promise.reject(new Error(text)),
      onFailure: (r) => reasons.push(r),
    });
    const { lastError } = await rowOf(id);
    expect(lastError).toMatch(/^5\.1\.1 … … see … x x/);
    expect(lastError).toHaveLength(300);
    expect(reasons).toEqual([lastError]);
  });

  it.each([
    "ann@example.test,bob@example.test",
    "ann@example.test;bob@example.test",
    "ann@example.test bob@example.test",
    "ann@example.test\r\nBcc: bob@example.test",
    "ann@example.test\nRCPT TO:<bob@example.test>",
    "Ann <ann@example.test>",
    "ann@example.test> <bob@example.test",
    "friends: ann@example.test, bob@example.test;",
    '"ann@example.test,"@example.test',
    "",
  ])("goes to nobody when its recipient is %j", async (recipient) => {
    const id = await queueOne(recipient);
    const asked: string[] = [];
    server.onRecipient = (address) => {
      asked.push(address);
      return undefined;
    };
    expect(await deliverNext(delivery)).toBe("failed");
    expect(asked).toEqual([]);
    expect((await rowOf(id)).failedAt).not.toBeNull();
  });
});

describe("deliverNow", () => {
  it("sends that very mail", async () => {
    const [, id = ""] = await queue("first@x.test", "second@x.test");
    expect(await deliverNow(id, delivery)).toBe("sent");
    expect(server.messages.flatMap(({ to }) => to)).toEqual(["second@x.test"]);
  });

  it("tells what became of one that is not to be had", async () => {
    const [sent = "", failed = "", taken = ""] = await queue("sent@x.test", "failed@x.test", "taken@x.test");
    await age(sent, { sentAt: sql`now()` });
    await age(failed, { failedAt: sql`now()` });
    await database()
      .update(mailOutbox)
      .set({ nextTryAt: sql`now() + interval '1 minute'` })
      .where(eq(mailOutbox.id, taken));
    expect(await deliverNow(sent, delivery)).toBe("sent");
    expect(await deliverNow(failed, delivery)).toBe("failed");
    expect(await deliverNow(taken, delivery)).toBe("waiting");
    expect(await deliverNow("018f3c1e-0000-7000-8000-000000000000", delivery)).toBe("dropped");
    expect(server.messages).toEqual([]);
  });
});

it("the wait has some chance in it, between 15 seconds and an hour", () => {
  const waits = Array.from({ length: 200 }, () => secondsToWait(1));
  expect(new Set(waits).size).toBeGreaterThan(100);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(15);
  expect(secondsToWait(5000)).toBeLessThanOrEqual(3600);
});

it("a reason is never empty", () => {
  expect(reasonOf(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
});

it("pruning forgets what was done with a month ago, and nothing else", async () => {
  const long = sql`now() - interval '31 days'`;
  const recent = sql`now() - interval '29 days'`;
  const names = ["sent-long-ago", "failed-long-ago", "sent-lately", "failed-lately", "waiting"];
  const ids = await queue(...names.map((name) => `${name}@x.test`));
  const states = [{ sentAt: long }, { failedAt: long }, { sentAt: recent }, { failedAt: recent }, {}];
  for (const [index, id] of ids.entries()) await age(id, { createdAt: long, ...states[index] });
  await pruneOutbox(database());
  const left = await database().select({ to: mailOutbox.recipient }).from(mailOutbox);
  expect(left.map(({ to }) => to?.split("@")[0]).sort()).toEqual(["failed-lately", "sent-lately", "waiting"]);
});
