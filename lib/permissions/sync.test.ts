import { and, eq, gt, max } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { permissions } from "@/lib/db/schema/access";
import { auditEvents } from "@/lib/db/schema/events";
import { permissions as declared } from "@/lib/permissions";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  signedIn,
} from "@/lib/testing/factories";
import { everythingStored } from "@/lib/testing/records";
import { syncPermissions } from "./sync";

setUpTestDatabase();

const DECLARATION: Record<string, string> = { "reports-read": "read reports", "reports-write": "write reports" };

const sync = (declaration = DECLARATION, dryRun = false) => syncPermissions(database(), { declaration, dryRun });

const stored = async () =>
  Object.fromEntries(
    (await database().select().from(permissions)).map(({ token, description }) => [token, description]),
  );

let lastBefore = 0;

/** What was audited since the test began. */
const audited = () =>
  database()
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.action, "sync"), gt(auditEvents.id, lastBefore)));

beforeEach(async () => {
  await database().delete(permissions);
  const [last] = await database()
    .select({ id: max(auditEvents.id) })
    .from(auditEvents);
  lastBefore = last?.id ?? 0;
});

describe("syncPermissions", () => {
  it("takes the app's own declaration unless told otherwise", async () => {
    expect(await syncPermissions(database())).toEqual({ added: Object.keys(declared), updated: [], removed: [] });
    expect(await stored()).toEqual(declared);
  });

  it("inserts what is missing, with one audit row", async () => {
    expect(await sync()).toEqual({ added: ["reports-read", "reports-write"], updated: [], removed: [] });
    expect(await stored()).toEqual(DECLARATION);
    expect(await audited()).toMatchObject([
      {
        actorKind: "system",
        entity: "permissions",
        changes: { tokens: { from: [], to: ["reports-read", "reports-write"] } },
      },
    ]);
  });

  it("updates descriptions, and keeps ids and grants", async () => {
    await sync();
    const { principal, token } = await signedIn(await createTestUser({ permissions: ["reports-read"] }));
    const before = await database().select().from(permissions).where(eq(permissions.token, "reports-read"));
    const result = await sync({ ...DECLARATION, "reports-read": "see reports" });
    expect(result).toEqual({ added: [], updated: ["reports-read"], removed: [] });
    const after = await database().select().from(permissions).where(eq(permissions.token, "reports-read"));
    expect(after).toMatchObject([{ id: before[0]?.id, description: "see reports" }]);
    expect(principal.permissions).toEqual(new Set(["reports-read"]));
    expect(token).toBeDefined();
  });

  it("removes what is not declared, and says how many grants go with it", async () => {
    await declareTestPermissions(["old", "older", ...Object.keys(DECLARATION)]);
    const bundle = await createTestBundle({ permissions: ["old"] });
    await createTestGroup({ permissions: ["old"], bundles: [bundle] });
    await createTestUser({ permissions: ["old", "reports-read"], bundles: [bundle] });
    await createTestUser({ permissions: ["old"] });
    const { removed } = await sync();
    expect(removed).toEqual([
      { token: "old", grants: 4 },
      { token: "older", grants: 0 },
    ]);
    expect(await stored()).toEqual(DECLARATION);
  });

  it("removes everything when nothing is declared", async () => {
    await sync();
    expect((await sync({})).removed.map(({ token }) => token)).toEqual(["reports-read", "reports-write"]);
    expect(await stored()).toEqual({});
  });

  it("has nothing to do the second time, and writes nothing then", async () => {
    await sync();
    const before = await everythingStored();
    expect(await sync()).toEqual({ added: [], updated: [], removed: [] });
    expect(await everythingStored()).toEqual(before);
  });

  it("only tells what would happen on a dry run", async () => {
    await declareTestPermissions(["old"]);
    await sync({ "reports-read": "see reports", old: "x" });
    const before = await everythingStored();
    expect(await sync(DECLARATION, true)).toEqual({
      added: ["reports-write"],
      updated: ["reports-read"],
      removed: [{ token: "old", grants: 0 }],
    });
    expect(await everythingStored()).toEqual(before);
  });

  it("is done once by several processes that start at the same moment", async () => {
    await declareTestPermissions(["old"]);
    const results = await Promise.all(Array.from({ length: 5 }, () => sync()));
    expect(results.filter(({ added, removed }) => added.length === 2 && removed.length === 1)).toHaveLength(1);
    expect(results.filter(({ added, removed }) => added.length === 0 && removed.length === 0)).toHaveLength(4);
    expect(await stored()).toEqual(DECLARATION);
    expect(await audited()).toHaveLength(1);
  });
});
