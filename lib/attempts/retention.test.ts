import { sql } from "drizzle-orm";
import { beforeEach, expect, it } from "vitest";
import { settings } from "@/lib/config/settings";
import { database } from "@/lib/db/client";
import { attemptBudgets, attempts } from "@/lib/db/schema/auth";
import { setUpTestDatabase } from "@/lib/testing/database";
import { pruneAttempts } from "./retention";

setUpTestDatabase();

beforeEach(async () => {
  await database().delete(attempts);
  await database().delete(attemptBudgets);
});

const ago = (time: string) => sql`clock_timestamp() - ${time}::interval` as unknown as Date;

it("attempts are forgotten after the days that are set", async () => {
  await database()
    .insert(attempts)
    .values([
      { type: "login", ip: "old", createdAt: ago(`${settings.attempts.keepDays} days 1 minute`) },
      { type: "login", ip: "kept", createdAt: ago(`${settings.attempts.keepDays} days -1 minute`) },
    ]);
  await pruneAttempts(database());
  expect((await database().select().from(attempts)).map(({ ip }) => ip)).toEqual(["kept"]);
});

it("budgets are forgotten when nothing in them counts any more", async () => {
  const budget = { type: "login" as const, scope: "account" as const };
  await database()
    .insert(attemptBudgets)
    .values([
      // The longest of the settings is the lockout of an hour; a day is added.
      { ...budget, key: "idle", lastAttemptAt: ago("25 hours 1 minute") },
      { ...budget, key: "unlocked", lastAttemptAt: ago("3 days"), lockedUntil: ago("2 days") },
      { ...budget, key: "recent", lastAttemptAt: ago("24 hours 59 minutes") },
      { ...budget, key: "locked", lastAttemptAt: ago("3 days"), lockedUntil: ago("-1 minute") },
    ]);
  await Promise.all([pruneAttempts(database()), pruneAttempts(database())]);
  expect((await database().select().from(attemptBudgets)).map(({ key }) => key).sort()).toEqual(["locked", "recent"]);
});
