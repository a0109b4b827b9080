import { affectedBy } from "@/lib/access/affected";
import { grantChoiceRules, grantingHooks } from "@/lib/access/grants";
import type { Entity } from "@/lib/crud/entity";
import { contains } from "@/lib/crud/list-sql";
import { canonicalName, nameColumns, nameField } from "@/lib/crud/name";
import { bundles as table } from "@/lib/db/schema/access";
import { access } from "./access";
import { bundleRelations } from "./relations";
import { bundleSchema, newBundle } from "./schema";

export const bundleEntity: Entity = {
  name: "bundles",
  table,
  access,
  label: "name",
  order: { column: table.nameCanonical },
  search: (text) => contains(table.nameCanonical, canonicalName(text)),
  fields: {
    name: nameField(table),
    permissionIds: { kind: "permissions", relation: bundleRelations.permissionIds, list: "shown", filter: "relation" },
    createdAt: { kind: "dateTime", column: table.createdAt, list: "offered", sortable: true, filter: "dateRange" },
    updatedAt: { kind: "dateTime", column: table.updatedAt },
  },
  editing: {
    schema: bundleSchema,
    defaults: newBundle,
    form: { details: ["name", "permissionIds"] },
    toColumns: nameColumns,
    hooks: grantingHooks,
  },
  choiceRules: grantChoiceRules,
  bulk: { delete: { access: access.delete, deletes: true } },
  affectedBy: (ctx, id) => affectedBy(ctx, { kind: "bundle", id }),
};
