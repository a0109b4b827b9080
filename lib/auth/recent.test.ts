import { eq, sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { settings } from "@/lib/config/settings";
import { inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, type SignedIn, signedIn } from "@/lib/testing/factories";
import { signedInRecently } from "./recent";

setUpTestDatabase();

/** Whether the sign-in counts as recent when it was this long ago; inside a transaction the clock stands still. */
const isRecentAfter = ({ ctx, principal }: SignedIn, interval: string) =>
  inTransaction(ctx, async (tx) => {
    await tx.db
      .update(sessions)
      .set({ createdAt: sql`now() - ${interval}::interval` })
      .where(eq(sessions.id, principal.sessionId));
    return signedInRecently(tx);
  });

it("is recent up to the limit, and not a microsecond longer", async () => {
  const session = await signedIn(await createTestUser());
  const limit = `${settings.session.recentMinutes} minutes`;
  expect(await signedInRecently(session.ctx)).toBe(true);
  expect(await isRecentAfter(session, limit)).toBe(true);
  expect(await isRecentAfter(session, `${limit} 1 microsecond`)).toBe(false);
});

it("goes by this session: neither by what is used nor by another one", async () => {
  const user = await createTestUser();
  const session = await signedIn(user);
  expect(await isRecentAfter(session, "1 hour")).toBe(false);
  await database().update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, session.principal.sessionId));
  await signedIn(user);
  expect(await signedInRecently(session.ctx)).toBe(false);
});

it("is not recent once the session is gone", async () => {
  const session = await signedIn(await createTestUser());
  await database().delete(sessions).where(eq(sessions.id, session.principal.sessionId));
  expect(await signedInRecently(session.ctx)).toBe(false);
});
