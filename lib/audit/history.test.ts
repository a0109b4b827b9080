import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deleteRecord } from "@/lib/crud/delete";
import { updateRecord } from "@/lib/crud/save";
import { entityNamed } from "@/lib/entities";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestGroup, createTestUser, signedIn, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { historyOf } from "./history";
import { recordAudits } from "./record";

// What of it a reader may see is tested in visible.test.ts.

setUpTestDatabase();

const users = entityNamed("users");
const groups = entityNamed("groups");

const all = { page: 1, size: 100 };
const actionsIn = ({ items }: { items: { action: string }[] }) => items.map(({ action }) => action);

describe("the history of a record", () => {
  it("tells everything that happened to it, newest first, by whom and from where", async () => {
    const { ctx, principal } = await signedIn(await createTestUser({ isSuperuser: true }));
    const user = await createTestUser();
    const request = { ip: "203.0.113.7", userAgent: "Firefox", requestId: "r-1" };
    await updateRecord({ ...ctx, request }, users, user.id, undefined, { isEnabled: false });
    await updateRecord(testContext(), users, user.id, undefined, { isEnabled: true });
    const { items, total, totalIsEstimate } = await historyOf(testContext(), "users", user.id, all);
    expect({ total, totalIsEstimate }).toEqual({ total: 3, totalIsEstimate: false });
    expect(items).toMatchObject([
      { action: "update", actorKind: "cli", changes: { isEnabled: { from: false, to: true } } },
      {
        action: "update",
        actorKind: "user",
        actorLabel: principal.loginId,
        ip: "203.0.113.7",
        requestId: "r-1",
        changes: { isEnabled: { from: true, to: false } },
      },
      { action: "create", actorKind: "cli", entityLabel: user.loginId },
    ]);
  });

  it("outlives the record, and keeps the name that it had", async () => {
    const name = uniqueName("Gone");
    const id = await createTestGroup({ name });
    await deleteRecord(testContext(), groups, id);
    const history = await historyOf(testContext(), "groups", id, all);
    expect(actionsIn(history)).toEqual(["delete", "create"]);
    expect(history.items.map(({ entityLabel }) => entityLabel)).toEqual([name, name]);
  });

  it("is of one record of one kind only", async () => {
    const [one, other] = [await createTestGroup(), await createTestGroup()];
    const entry = { action: "update", entityLabel: "x" };
    // The same id among users cannot come about by itself; the trail must not depend on that.
    await recordAudits(testContext(), [{ ...entry, entity: "users", entityId: one }]);
    await updateRecord(testContext(), groups, other, undefined, { name: uniqueName("Other") });
    expect(actionsIn(await historyOf(testContext(), "groups", one, all))).toEqual(["create"]);
    expect(actionsIn(await historyOf(testContext(), "users", one, all))).toEqual(["update"]);
    expect(await historyOf(testContext(), "bundles", one, all)).toMatchObject({ items: [], total: 0 });
  });

  it("comes in pages, each row once, and counts all of them", async () => {
    const entityId = randomUUID();
    const labels = Array.from({ length: 23 }, (_, n) => `change ${n}`);
    await recordAudits(
      testContext(),
      labels.map((entityLabel) => ({ action: "update", entity: "things", entityId, entityLabel })),
    );
    const seen: (string | null)[] = [];
    const sizes: number[] = [];
    for (let page = 1; page <= 4; page += 1) {
      const { items, total } = await historyOf(testContext(), "things", entityId, { page, size: 10 });
      expect(total).toBe(23);
      sizes.push(items.length);
      seen.push(...items.map(({ entityLabel }) => entityLabel));
    }
    expect(sizes).toEqual([10, 10, 3, 0]);
    expect(seen).toEqual(labels.toReversed());
  });

  it("of what nobody has recorded anything is empty", async () => {
    expect(await historyOf(testContext(), "users", randomUUID(), all)).toEqual({
      items: [],
      total: 0,
      totalIsEstimate: false,
    });
  });

  it.each(["", "x", "1", "\0", `${randomUUID()}x`, "' or true --"])(
    "is not found where there can be none: %j",
    async (id) => {
      expect(await failureOf(historyOf(testContext(), "users", id, all))).toMatchObject({ code: "not-found" });
    },
  );
});
