import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { findPrincipal, startSession } from "@/lib/auth/session";
import { config } from "@/lib/config/env";
import { database } from "@/lib/db/client";
import { sessions } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, type SignedIn, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, everythingStored } from "@/lib/testing/records";
import { endOtherSessions, endOwnSession, ownSessions } from "./service";

setUpTestDatabase();

const idOf = ({ principal }: SignedIn) => principal.sessionId;

/** Lets a session have been seen, or its end come, this long ago. */
const age = (session: SignedIn, column: "lastSeenAt" | "expiresAt", minutes: number) =>
  database()
    .update(sessions)
    .set({ [column]: sql`now() - make_interval(mins => ${minutes})` })
    .where(eq(sessions.id, idOf(session)));

const endingsOf = async (userId: string) => (await auditOf(userId)).filter(({ action }) => action === "end-session");

describe("ownSessions", () => {
  it("tells the running ones of the actor alone, this one first, then those last seen", async () => {
    const user = await createTestUser();
    const [older, here, newer] = [await signedIn(user), await signedIn(user), await signedIn(user)];
    await signedIn(await createTestUser());
    await age(older, "lastSeenAt", 3);
    await age(here, "lastSeenAt", 4);
    await age(newer, "lastSeenAt", 2);
    const found = await ownSessions(here.ctx);
    expect(found.sessions.map(({ id }) => id)).toEqual([here, newer, older].map(idOf));
    expect(found.sessions.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
    expect(found.more).toBe(0);
  });

  it("tells what is known of each, and nothing that opens it", async () => {
    const user = await createTestUser();
    const here = await signedIn(user);
    const request = { ip: "192.0.2.7", userAgent: "curl/8", requestId: null };
    await startSession({ ...testContext(), request }, user, "password");
    const { sessions: found } = await ownSessions(here.ctx);
    expect(found[1]).toEqual({
      id: expect.any(String),
      isCurrent: false,
      ip: "192.0.2.7",
      userAgent: "curl/8",
      provider: "password",
      signedInAt: expect.any(Date),
      lastSeenAt: expect.any(Date),
    });
  });

  it("leaves out those that have ended or were idle too long", async () => {
    const user = await createTestUser();
    const [here, expired, idle] = [await signedIn(user), await signedIn(user), await signedIn(user)];
    await age(expired, "expiresAt", 1);
    await age(idle, "lastSeenAt", config().SESSION_IDLE_MINS);
    expect((await ownSessions(here.ctx)).sessions.map(({ id }) => id)).toEqual([idOf(here)]);
  });

  it("counts what is beyond the newest fifty, and always has this one", async () => {
    const user = await createTestUser();
    const here = await signedIn(user);
    await age(here, "lastSeenAt", 5);
    await database()
      .insert(sessions)
      .values(
        Array.from({ length: 60 }, () => ({
          userId: user.id,
          tokenHash: randomUUID(),
          provider: "password",
          expiresAt: sql`now() + interval '1 hour'`,
        })),
      );
    const found = await ownSessions(here.ctx);
    expect(found.sessions).toHaveLength(50);
    expect(found.sessions[0]?.id).toBe(idOf(here));
    expect(found.more).toBe(11);
  });
});

describe("endOwnSession", () => {
  it("ends another session, with an audit row", async () => {
    const user = await createTestUser();
    const [here, there] = [await signedIn(user), await signedIn(user)];
    await endOwnSession(here.ctx, idOf(there));
    expect(await findPrincipal(there.token)).toBeNull();
    expect(await findPrincipal(here.token)).not.toBeNull();
    expect(await endingsOf(user.id)).toMatchObject([
      { entity: "users", entityLabel: user.loginId, actorId: user.id, actorLabel: user.loginId },
    ]);
  });

  it("knows neither sessions of others nor this one, nor what is none", async () => {
    const here = await signedIn(await createTestUser());
    const foreign = await signedIn(await createTestUser());
    const before = await everythingStored();
    for (const id of [idOf(foreign), idOf(here), randomUUID(), "", "x", "\0", "' or true"]) {
      expect(await failureOf(endOwnSession(here.ctx, id)), id).toMatchObject({ code: "not-found" });
    }
    expect(await everythingStored()).toEqual(before);
  });

  it("ends a session once, however many ask", async () => {
    const user = await createTestUser();
    const [here, there] = [await signedIn(user), await signedIn(user)];
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => endOwnSession(here.ctx, idOf(there))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await endingsOf(user.id)).toHaveLength(1);
  });
});

describe("endOtherSessions", () => {
  it("ends all but this one, and nobody else's", async () => {
    const user = await createTestUser();
    const [here, ...others] = [await signedIn(user), await signedIn(user), await signedIn(user)];
    const foreign = await signedIn(await createTestUser());
    expect(await endOtherSessions(here.ctx)).toBe(2);
    for (const { token } of others) expect(await findPrincipal(token)).toBeNull();
    expect(await findPrincipal(here.token)).not.toBeNull();
    expect(await findPrincipal(foreign.token)).not.toBeNull();
    expect(await endingsOf(user.id)).toHaveLength(2);
    expect(await endOtherSessions(here.ctx)).toBe(0);
  });

  it("takes those along that were idle too long, without counting them", async () => {
    const user = await createTestUser();
    const [here, idle] = [await signedIn(user), await signedIn(user)];
    await age(idle, "lastSeenAt", config().SESSION_IDLE_MINS);
    expect(await endOtherSessions(here.ctx)).toBe(0);
    const left = await database().select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, user.id));
    expect(left).toEqual([{ id: idOf(here) }]);
  });
});

it("only signed-in users have sessions of their own", async () => {
  for (const verb of [ownSessions, endOtherSessions, (ctx = testContext()) => endOwnSession(ctx, randomUUID())]) {
    expect(await failureOf(verb(testContext()))).toMatchObject({ code: "forbidden" });
  }
});
