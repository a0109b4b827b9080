import { parseInput } from "@/lib/crud/form-state";
import { setUpTestDatabase } from "@/lib/testing/database";
import { testNamedVerbs } from "@/lib/testing/named-verbs";
import { bundleEntity } from "./entity";
import { bundleSchema } from "./schema";
import { createBundle, getBundle, updateBundle } from "./service";

// Who may grant what by a bundle is tested together with the other ways in lib/users/granting.test.ts.

setUpTestDatabase();

testNamedVerbs({
  definition: bundleEntity,
  create: async (ctx, name, permissionIds) => createBundle(ctx, parseInput(bundleSchema, { name, permissionIds })),
  update: (ctx, id, version, { name, permissionIds = [] }) => updateBundle(ctx, id, version, { name, permissionIds }),
  get: getBundle,
});
