import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { attempts, sessions } from "@/lib/db/schema/auth";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser } from "@/lib/testing/factories";
import { recordLog } from "@/lib/testing/log";
import { keepHouse, startHousekeeping } from "./housekeeping";

setUpTestDatabase();
const logged = recordLog();

const ago = (time: string) => sql`now() - ${time}::interval` as unknown as Date;

it("forgets old attempts, and sessions that ended long ago", async () => {
  const { id: userId } = await createTestUser();
  const ending = (time: string) => ({ userId, tokenHash: randomUUID(), provider: time, expiresAt: ago(time) });
  await database()
    .insert(sessions)
    .values([ending("25 hours"), ending("23 hours"), ending("-1 hour")]);
  await database()
    .insert(attempts)
    .values({ type: "login", createdAt: ago("1000 days") });
  await Promise.all([keepHouse(database()), keepHouse(database())]);
  expect((await database().select().from(sessions)).map(({ provider }) => provider).sort()).toEqual([
    "-1 hour",
    "23 hours",
  ]);
  expect(await database().$count(attempts)).toBe(0);
});

it("does the other jobs when one fails, and says which", async () => {
  const done: string[] = [];
  await keepHouse(database(), {
    broken: async () => {
      throw new Error("no such table");
    },
    other: async () => {
      done.push("other");
    },
  });
  expect(done).toEqual(["other"]);
  expect(logged()).toEqual(["[housekeeping] broken failed: no such table"]);
});

it("goes on once a process until it is stopped, also amid a rest", async () => {
  const stop = startHousekeeping();
  expect(startHousekeeping()).toBe(stop);
  await stop();
  const next = startHousekeeping();
  expect(next).not.toBe(stop);
  await next();
});
