import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Actor } from "@/lib/context";
import { inTransaction } from "@/lib/context";
import { database, faultOf } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { auditOf } from "@/lib/testing/records";
import { changesBetween, recordAudit } from "./record";

setUpTestDatabase();

describe("changesBetween", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    ["nothing", { a: 1 }, { a: 1 }, {}],
    ["a value", { a: 1, b: "x" }, { a: 2, b: "x" }, { a: { from: 1, to: 2 } }],
    ["a truth value", { a: true }, { a: false }, { a: { from: true, to: false } }],
    ["a value to nothing", { a: "x" }, { a: null }, { a: { from: "x", to: null } }],
    ["nothing to a value", {}, { a: "x" }, { a: { from: null, to: "x" } }],
    ["undefined to null, which is no change", { a: undefined }, { a: null }, {}],
    ["zero, which is a value", { a: null }, { a: 0 }, { a: { from: null, to: 0 } }],
    ["a text of the same digits", { a: 1 }, { a: "1" }, { a: { from: 1, to: "1" } }],
    ["a list in another order, which is no change", { a: ["x", "y"] }, { a: ["y", "x"] }, {}],
    ["a list", { a: ["y", "x"] }, { a: ["z", "x"] }, { a: { from: ["x", "y"], to: ["x", "z"] } }],
    ["a list from nothing", {}, { a: [] }, { a: { from: null, to: [] } }],
  ])("tells %s", (_, before, after, changes) => {
    expect(changesBetween(before, after)).toEqual(changes);
  });

  it("leaves the lists that it is given as they are", () => {
    const list = ["y", "x"];
    changesBetween({ a: list }, { a: ["x"] });
    expect(list).toEqual(["y", "x"]);
  });
});

describe("recordAudit", () => {
  it("names the actor, whoever it is", async () => {
    const user = await createTestUser({ loginId: "ann@example.com" });
    const { ctx } = await signedIn(user);
    const expected: [Actor, object][] = [
      [ctx.actor, { actorKind: "user", actorId: user.id, actorLabel: "ann@example.com" }],
      [{ kind: "cli" }, { actorKind: "cli", actorId: null, actorLabel: "cli" }],
      [{ kind: "system" }, { actorKind: "system", actorId: null, actorLabel: "system" }],
    ];
    for (const [actor, row] of expected) {
      const entityId = randomUUID();
      await recordAudit(testContext(actor), { action: "test", entity: "things", entityId });
      expect(await auditOf(entityId)).toMatchObject([{ ...row, action: "test", entity: "things", changes: {} }]);
    }
  });

  it("goes with the transaction that it is part of", async () => {
    const entityId = randomUUID();
    const failed = inTransaction(testContext(), async (tx) => {
      await recordAudit(tx, { action: "test", entity: "things", entityId });
      throw new Error("after all not");
    });
    await expect(failed).rejects.toThrow("after all not");
    expect(await auditOf(entityId)).toEqual([]);
  });
});

describe("audit_events", () => {
  it.each(["update audit_events set action = 'x'", "delete from audit_events", "truncate audit_events"])(
    "refuses %s, even from the owner of the table",
    async (statement) => {
      const entityId = randomUUID();
      await recordAudit(testContext(), { action: "test", entity: "things", entityId });
      const refused = await database()
        .execute(sql.raw(statement))
        .catch((error: unknown) => faultOf(error));
      expect(refused).toBe("audit_events is append-only");
      expect(await auditOf(entityId)).toMatchObject([{ action: "test" }]);
    },
  );
});
