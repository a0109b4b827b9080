import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endSession } from "@/lib/auth/session";
import { verifySignIn } from "@/lib/auth/sign-in";
import { inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { permissions } from "@/lib/permissions";
import { syncPermissions } from "@/lib/permissions/sync";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestGroup, createTestUser, editedInput, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { newUser } from "@/lib/users/schema";
import { createUser, deleteUser, getUser, setPassword, updateUser } from "@/lib/users/service";
import type { Event, EventName } from "./event";
import { subscribe } from "./hub";

setUpTestDatabase();

const PASSWORD = "a long walk in the rain";
const NAMES: EventName[] = [
  "signedIn",
  "signedOut",
  "signInFailed",
  "locked",
  "userCreated",
  "userChanged",
  "userDeleted",
  "passwordChanged",
  "permissionsSynced",
];

let heard: [EventName, Event<EventName>][] = [];
let ends: (() => void)[] = [];

beforeEach(() => {
  heard = [];
  ends = NAMES.map((name) => subscribe(name, (event) => void heard.push([name, event as Event<EventName>])));
});
afterEach(() => {
  for (const end of ends) end();
});

const names = () => heard.map(([name]) => name);

/** Only what `work` brings about. */
async function during<T>(work: () => Promise<T>): Promise<T> {
  heard = [];
  return work();
}

describe("subscribers are told of", () => {
  it("signing in and out, with the way in and where from", async () => {
    const user = await createTestUser();
    const { token } = await during(() => signedIn(user));
    await endSession({ ...testContext(), request: { ip: "192.0.2.7", userAgent: null, requestId: "r1" } }, token);
    expect(names()).toEqual(["signedIn", "signedOut"]);
    expect(heard[0]?.[1]).toMatchObject({ user, provider: "password", by: { kind: "user", id: user.id } });
    expect(heard[1]?.[1]).toMatchObject({ user, request: { ip: "192.0.2.7", requestId: "r1" } });
  });

  it("a failed sign-in, and the lock that follows, once", async () => {
    const { loginId } = await createTestUser({ password: PASSWORD });
    await withEnvironment({ ATTEMPT_LIMIT: "2" }, async () => {
      await during(async () => {
        for (let n = 0; n < 4; n++) {
          await verifySignIn(testContext({ kind: "system" }), { loginId, password: "wrong" }).catch(() => undefined);
        }
      });
    });
    expect(heard.map(([name, { by: _, request: __, ...what }]) => [name, what])).toEqual([
      ["signInFailed", { loginId, provider: "password", reason: "invalid" }],
      ["signInFailed", { loginId, provider: "password", reason: "invalid" }],
      ["locked", { type: "login", scope: "account", key: loginId }],
    ]);
  });

  it("a user who is added, changed and deleted, by whom, with names for ids", async () => {
    const { ctx, principal } = await signedIn(await createTestUser({ isSuperuser: true }));
    const group = await createTestGroup({ name: "Night shift" });
    const loginId = "told@example.com";
    const id = await during(() => createUser(ctx, { ...newUser, loginId }));
    const record = await getUser(ctx, id);
    await updateUser(ctx, id, record.version, editedInput(record, { groupIds: [group] }));
    await deleteUser(ctx, id);
    expect(names()).toEqual(["userCreated", "userChanged", "userDeleted"]);
    expect(heard[1]?.[1]).toMatchObject({
      user: { id, loginId },
      changes: { groupIds: { from: [], to: ["Night shift"] } },
      by: { kind: "user", id: principal.userId, label: principal.loginId },
    });
  });

  it("a new password, without the password or its hash", async () => {
    const { loginId } = await createTestUser();
    await during(() => setPassword(testContext(), loginId, PASSWORD));
    expect(names()).toContain("passwordChanged");
    expect(JSON.stringify(heard)).not.toMatch(/argon2|walk/);
  });

  it("permissions that came and went, if any did", async () => {
    const declaration = { ...permissions, "reports-view": "see reports" };
    await during(() => syncPermissions(database(), { declaration }));
    await syncPermissions(database(), { declaration, dryRun: false });
    await syncPermissions(database(), { dryRun: true });
    expect(heard).toMatchObject([["permissionsSynced", { added: ["reports-view"], removed: [], updated: [] }]]);
  });
});

describe("subscribers are told", () => {
  it("nothing of what is rolled back, outside or inside", async () => {
    const before = testContext();
    const make = (loginId: string) => createUser(before, { ...newUser, loginId });
    await during(async () => {
      const failed = inTransaction(before, async (tx) => {
        await createUser(tx, { ...newUser, loginId: "undone@example.com" });
        throw new Error("in the end");
      });
      await expect(failed).rejects.toThrow("in the end");
      await inTransaction(before, async (tx) => {
        const inner = inTransaction(tx, async (deeper) => {
          await createUser(deeper, { ...newUser, loginId: "undone-too@example.com" });
          throw new Error("inside");
        });
        await inner.catch(() => undefined);
        await createUser(tx, { ...newUser, loginId: "kept@example.com" });
        expect(heard).toEqual([]);
      });
      expect(await failureOf(make("kept@example.com"))).toMatchObject({ code: "invalid" });
    });
    expect(heard).toMatchObject([["userCreated", { user: { loginId: "kept@example.com" } }]]);
  });

  it("after the commit: they find what they are told of", async () => {
    let found: Promise<unknown> | undefined;
    ends.push(
      subscribe("userCreated", ({ user }) => {
        found = getUser(testContext(), user.id);
      }),
    );
    await createUser(testContext(), { ...newUser, loginId: "there@example.com" });
    await expect(found).resolves.toMatchObject({ loginId: "there@example.com" });
  });
});
