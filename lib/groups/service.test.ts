import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { parseInput } from "@/lib/crud/form-state";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestBundle, createTestGroup, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { testNamedVerbs } from "@/lib/testing/named-verbs";
import { lastAuditOf } from "@/lib/testing/records";
import { groupEntity } from "./entity";
import { groupSchema } from "./schema";
import { createGroup, getGroup, updateGroup } from "./service";

// Who may grant what by a group is tested together with the other ways in lib/users/granting.test.ts.

setUpTestDatabase();

testNamedVerbs({
  definition: groupEntity,
  create: async (ctx, name, permissionIds) =>
    createGroup(ctx, parseInput(groupSchema, { name, permissionIds, bundleIds: [] })),
  update: (ctx, id, version, { name, permissionIds = [], bundleIds = [] }) =>
    updateGroup(ctx, id, version, { name, permissionIds, bundleIds }),
  get: getGroup,
});

it("holds bundles, and audits them by name", async () => {
  const [reporting, billing] = [uniqueName("Reporting"), uniqueName("Billing")];
  const [reportingId, billingId] = [
    await createTestBundle({ name: reporting }),
    await createTestBundle({ name: billing }),
  ];
  const id = await createTestGroup({ bundles: [reportingId] });
  const { label: name, version } = await getGroup(testContext(), id);
  await updateGroup(testContext(), id, version, { name, permissionIds: [], bundleIds: [billingId] });
  expect(await getGroup(testContext(), id)).toMatchObject({ values: { bundleIds: [billingId], permissionIds: [] } });
  expect((await lastAuditOf(id))?.changes).toEqual({ bundleIds: { from: [reporting], to: [billing] } });
});

it("refuses an unknown bundle", async () => {
  const input = { name: uniqueName("group"), permissionIds: [], bundleIds: [randomUUID()] };
  expect(await failureOf(createGroup(testContext(), input))).toMatchObject({
    fields: { bundleIds: { key: "unknownChoice" } },
  });
});
