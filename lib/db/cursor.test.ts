import { randomBytes } from "node:crypto";
import { asc, eq, sql } from "drizzle-orm";
import { boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase, connect, type Database, database } from "./client";
import { readInBatches } from "./cursor";

const name = `${inject("testTemplate")}_${randomBytes(6).toString("hex")}`;
const url = `${inject("testServerUrl")}/${name}`;

async function onServer(statement: string): Promise<void> {
  const client = await connect(`${inject("testServerUrl")}/postgres`);
  await client.query(statement).finally(() => client.end());
}

const things = pgTable("things", {
  n: integer("n").notNull(),
  isOdd: boolean("is_odd").notNull(),
  labels: text("labels").array().notNull(),
  seenAt: timestamp("seen_at", { withTimezone: true }),
});

beforeAll(async () => {
  await onServer(`create database "${name}"`);
  setDatabaseUrl(url);
  await database().execute(sql`create table things as select n, n % 2 = 1 as is_odd, array['a,b', 'n' || n] as labels,
    case when n <> 2 then timestamptz '2031-05-06T00:00:00Z' + n * interval '1 second' end as seen_at
    from generate_series(1, 2500) n`);
});

afterAll(async () => {
  await closeDatabase();
  await onServer(`drop database "${name}"`);
});

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

const byNumber = (db: Database) => db.select().from(things).orderBy(asc(things.n));

/** Numbers from 1 on, made as they are read. */
const upTo = (most: number) => (db: Database) =>
  db.select({ n: sql<number>`n` }).from(sql`generate_series(1, ${most}::int) n`);

/** Connections of readers that the server knows; it forgets one shortly after the client has ended it. */
async function openCursors(): Promise<number> {
  const { rows } = await database().execute<{ count: number }>(sql`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and query like '%fetch forward%' and pid <> pg_backend_pid()`);
  return rows[0]?.count ?? Number.NaN;
}

const expectNoCursors = () => expect.poll(openCursors, { timeout: 10_000 }).toBe(0);

async function begun(size = 10) {
  const batches = readInBatches(upTo(1_000_000), size);
  await batches.next();
  return batches;
}

describe("rows", () => {
  it("are what the query gives anywhere else", async () => {
    const [first] = await collected(readInBatches(byNumber, 3));
    expect(first).toEqual(await byNumber(database()).limit(3));
    expect(first?.[0]).toEqual({ n: 1, isOdd: true, labels: ["a,b", "n1"], seenAt: new Date("2031-05-06T00:00:01Z") });
    expect(first?.[1]?.seenAt).toBeNull();
  });

  it.each([
    [2500, 1000, [1000, 1000, 500]],
    [2000, 1000, [1000, 1000]],
    [1, 1000, [1]],
    [0, 1000, []],
  ])("come all and once: %i in batches of %i", async (total, size, expected) => {
    const sizes = [];
    let last = 0;
    for await (const batch of readInBatches(upTo(total), size)) {
      sizes.push(batch.length);
      for (const { n } of batch) expect(n).toBe(++last);
    }
    expect(sizes).toEqual(expected);
    await expectNoCursors();
  });

  it("may be changed on the way, and left out", async () => {
    const even = async (db: Database) => (await byNumber(db)).flatMap(({ n, isOdd }) => (isOdd ? [] : [n]));
    const all = (await collected(readInBatches(even, 1))).flat();
    expect(all).toHaveLength(1250);
    expect(all.at(-1)).toBe(2500);
  });

  it("are those that match the query's parameters", async () => {
    const labels = (db: Database) => db.select({ labels: things.labels }).from(things).where(eq(things.n, 7));
    expect(await collected(readInBatches(labels))).toEqual([[{ labels: ["a,b", "n7"] }]]);
  });

  it("are those of one moment", async () => {
    let total = 0;
    for await (const batch of readInBatches(byNumber)) {
      if (total === 0) await database().insert(things).values({ n: 9999, isOdd: true, labels: [] });
      total += batch.length;
    }
    expect(total).toBe(2500);
    expect(await database().$count(things)).toBe(2501);
  });

  it("are asked for one batch ahead, and no further", async () => {
    let asked = 0;
    const counted = (db: Database) => {
      asked += 1;
      return upTo(25)(db);
    };
    const batches = readInBatches(counted, 10);
    const after = [];
    for await (const { length } of batches) after.push([length, asked]);
    expect(after).toEqual([
      [10, 2],
      [10, 3],
      [5, 3],
    ]);
  });

  it("are 50,000 if the query has 50,000", async () => {
    let total = 0;
    for await (const batch of readInBatches(upTo(50_000))) total += batch.length;
    expect(total).toBe(50_000);
  });
});

describe("the session", () => {
  it("cannot write, sees one moment, is ended when it stalls, and is planned for all rows", async () => {
    const names = ["transaction_read_only", "transaction_isolation", "statement_timeout"];
    const more = ["idle_in_transaction_session_timeout", "cursor_tuple_fraction"];
    const settings = (db: Database) =>
      db.select({ value: sql<string>`current_setting(name)` }).from(
        sql`unnest(array[${sql.join(
          [...names, ...more].map((name) => sql`${name}`),
          sql`, `,
        )}]) name`,
      );
    const [rows] = await collected(readInBatches(settings));
    expect(rows?.map(({ value }) => value)).toEqual(["on", "repeatable read", "1min", "1min", "1"]);
  });

  it("reads one query only", async () => {
    const queries = [upTo(100), byNumber];
    const batches = readInBatches<unknown>((db) => (queries.shift() ?? byNumber)(db), 10);
    await batches.next();
    await expect(batches.next()).rejects.toThrow("Only one query");
    await expectNoCursors();
  });
});

describe("a query that runs elsewhere", () => {
  it("is refused instead of read for ever", async () => {
    await expect(readInBatches(() => byNumber(database())).next()).rejects.toThrow("must run on the database");
    await expectNoCursors();
  });
});

describe("the connection is ended", () => {
  it("when the reader stops early", async () => {
    for await (const _ of readInBatches(upTo(1_000_000), 10)) {
      expect(await openCursors()).toBe(1);
      break;
    }
    await expectNoCursors();
  });

  it("when the reader fails", async () => {
    const reading = (async () => {
      for await (const _ of readInBatches(upTo(1_000_000), 10)) throw new Error("no more");
    })();
    await expect(reading).rejects.toThrow("no more");
    await expectNoCursors();
  });

  it("when the query fails on the way, and the error quotes no parameters", async () => {
    const failing = (db: Database) =>
      db.select({ n: sql<number>`100 / (n - 15)` }).from(sql`generate_series(1, 100) n`).where(sql`${"secret"} <> ''`);
    const batches = readInBatches(failing, 10);
    expect((await batches.next()).value).toHaveLength(10);
    const error = await batches.next().catch((caught: unknown) => caught);
    expect(String(error)).toBe("error: division by zero");
    expect(JSON.stringify(error)).not.toContain("secret");
    await expectNoCursors();
  });
});

describe("more than four at once", () => {
  it("are refused before anything is asked, and are welcome again later", async () => {
    const four = await Promise.all([begun(), begun(), begun(), begun()]);
    let isAsked = false;
    const fifth = readInBatches((db) => {
      isAsked = true;
      return upTo(1)(db);
    });
    await expect(fifth.next()).rejects.toMatchObject({ code: "unavailable" });
    expect(isAsked).toBe(false);
    expect(await openCursors()).toBe(4);
    await four[0].return();
    await Promise.all([begun().then((batches) => batches.return()), ...four.map((batches) => batches.return())]);
    await expectNoCursors();
  });

  it("does not count readers whose connection the server has ended", async () => {
    const four = await Promise.all([begun(), begun(), begun(), begun()]);
    await database().execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like '%fetch forward%' and pid <> pg_backend_pid()`);
    await expect
      .poll(() =>
        begun()
          .then((batches) => batches.return().then(() => "welcome"))
          .catch(String),
      )
      .toBe("welcome");
    // What was there already may still be read.
    for (const batches of four) await expect(collected(batches)).rejects.toThrow();
    await expectNoCursors();
  });

  it("does not count readers that got no connection", async () => {
    setDatabaseUrl("postgres://nobody@127.0.0.1:1/nowhere");
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await expect(readInBatches(upTo(1)).next()).rejects.toThrow("ECONNREFUSED");
    }
    setDatabaseUrl(url);
    await (await begun()).return();
  });

  it("counts nobody who has not begun", async () => {
    const idle = Array.from({ length: 10 }, () => readInBatches(upTo(1)));
    expect(await collected(readInBatches(upTo(1)))).toEqual([[{ n: 1 }]]);
    await Promise.all(idle.map((batches) => batches.return()));
  });
});
