import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { composePlain } from "@/lib/testing/compose-plain";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { recordLog } from "@/lib/testing/log";
import { type SmtpServer, startSmtpServer } from "@/lib/testing/smtp-server";
import { startUnreliableProxy } from "@/lib/testing/unreliable-proxy";
import { deliverNext } from "./deliver";
import { smtpTransport } from "./transports/smtp";
import { startMailWorker } from "./worker";

const databaseUrl = setUpTestDatabase();
const logged = recordLog();

const FROM = "no-reply@gatehouse.test";
let server: SmtpServer;
beforeAll(async () => {
  server = await startSmtpServer();
});
afterAll(() => server.kill());
beforeEach(async () => {
  await database().delete(mailOutbox);
  server.messages.length = 0;
  server.onMessage = undefined;
});

const queue = (recipient = "ann@example.test") =>
  database().insert(mailOutbox).values({ kind: "reset-password", recipient });

const unsent = async () => (await database().select().from(mailOutbox)).filter(({ sentAt }) => sentAt === null);

const withSmtp = (work: () => Promise<void>) =>
  withEnvironment({ MAIL_TRANSPORT: undefined, SMTP_URL: server.url, MAIL_FROM: FROM }, work);

describe("the worker", () => {
  it("delivers what is there and what comes later, until it is stopped", async () => {
    await withSmtp(async () => {
      await queue("first@x.test");
      await queue("second@x.test");
      const stop = startMailWorker(composePlain);
      await server.received(2);
      await queue("third@x.test");
      await server.received(3);
      await stop();
      expect(await unsent()).toEqual([]);
      await expect.poll(server.openConnections).toBe(0);
      await queue("fourth@x.test");
      expect(await unsent()).toHaveLength(1);
      expect(server.messages.map(({ to: [to] }) => to)).toEqual(["first@x.test", "second@x.test", "third@x.test"]);
    });
  });

  it("ends only when the mail in flight is done with, and takes no other", async () => {
    await withSmtp(async () => {
      await queue();
      await queue();
      let accept = () => {};
      server.onMessage = () =>
        new Promise((resolve) => {
          accept = () => resolve(undefined);
        });
      const stop = startMailWorker(composePlain);
      await server.received(1);
      const stopped = stop();
      accept();
      await stopped;
      expect(server.messages).toHaveLength(1);
      expect(await unsent()).toHaveLength(1);
    });
  });

  it("is one per process, however often it is started", async () => {
    await withSmtp(async () => {
      const stop = startMailWorker(composePlain);
      expect(startMailWorker(composePlain)).toBe(stop);
      await stop();
      const next = startMailWorker(composePlain);
      expect(next).not.toBe(stop);
      await next();
    });
  });

  it("outlives faults of the database, and tells of them once", async () => {
    await withSmtp(async () => {
      await queue();
      await database().execute(sql`alter table mail_outbox rename to hidden`);
      const stop = startMailWorker(composePlain);
      await expect.poll(() => logged("error").length, { timeout: 10_000 }).toBe(1);
      // Long enough for another try to fail.
      await expect.poll(faultsOfDatabase, { timeout: 10_000 }).toBeGreaterThan(1);
      await database().execute(sql`alter table hidden rename to mail_outbox`);
      await server.received(1);
      await stop();
      expect(logged("error")).toEqual([expect.stringContaining("mail_outbox")]);
    });
  });

  it("tells once that mails are not taken, without saying whose", async () => {
    server.onMessage = ({ to }) => ({ code: 451, text: `no room for <${to[0]}>` });
    await withSmtp(async () => {
      await queue("ann@example.test");
      await queue("bob@example.test");
      const stop = startMailWorker(composePlain);
      await server.received(2);
      await stop();
    });
    expect(logged("error")).toEqual([expect.stringMatching(/451 no room for …$/)]);
  });
});

/** How many transactions on this database have failed. */
async function faultsOfDatabase(): Promise<number> {
  const { rows } = await database().execute<{ count: number }>(
    sql`select xact_rollback::int as count from pg_stat_database where datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

describe("without a way to send", () => {
  const production = {
    NODE_ENV: "production" as const,
    AUTH_SECRET: "vN8qX2mZ7cR4tY6uJ1kL9pW3sD5fG0hB",
    AUTH_URL: "https://gatehouse.test",
    SMTP_URL: undefined,
    RESEND_API_KEY: undefined,
    MAIL_TRANSPORT: undefined,
  };

  it("production says so loudly, and mails wait", async () => {
    await withEnvironment(production, async () => {
      await queue();
      await startMailWorker(composePlain)();
      expect(logged("warn")).toEqual([expect.stringMatching(/NO MAIL IS SENT.*SMTP_URL/)]);
      expect(await unsent()).toMatchObject([{ tries: 0 }]);
    });
  });

  it("nothing is said where mail is off", async () => {
    await withEnvironment({ ...production, EMAIL_ENABLED: "false" }, async () => {
      await startMailWorker(composePlain)();
    });
    expect(logged()).toEqual([]);
  });
});

it("a mail that was taken is not sent again because the database was away just then", async () => {
  await queue();
  await closeDatabase();
  const proxy = await startUnreliableProxy(databaseUrl());
  setDatabaseUrl(proxy.url);
  const transport = smtpTransport(server.url, FROM);
  server.onMessage = () => {
    proxy.fail(2);
    return undefined;
  };
  expect(await deliverNext({ compose: composePlain, transport })).toBe("sent");
  const [row] = await database().select().from(mailOutbox);
  expect(row).toMatchObject({ sentAt: expect.any(Date), tries: 1 });
  await database().update(mailOutbox).set({ nextTryAt: sql`now()` }).where(eq(mailOutbox.tries, 1));
  expect(await deliverNext({ compose: composePlain, transport })).toBe("idle");
  expect(server.messages).toHaveLength(1);
  transport.close();
  await closeDatabase();
  await proxy.close();
  setDatabaseUrl(databaseUrl());
});
