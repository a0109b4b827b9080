import { affectedBy } from "@/lib/access/affected";
import { grantChoiceRules, grantingHooks } from "@/lib/access/grants";
import type { Entity } from "@/lib/crud/entity";
import { contains } from "@/lib/crud/list-sql";
import { canonicalName, nameColumns, nameField } from "@/lib/crud/name";
import { groups as table } from "@/lib/db/schema/access";
import { access } from "./access";
import { groupRelations } from "./relations";
import { groupSchema, newGroup } from "./schema";

export const groupEntity: Entity = {
  name: "groups",
  table,
  access,
  label: "name",
  order: { column: table.nameCanonical },
  search: (text) => contains(table.nameCanonical, canonicalName(text)),
  fields: {
    name: nameField(table),
    bundleIds: { kind: "relation", relation: groupRelations.bundleIds, list: "shown", filter: "relation" },
    permissionIds: { kind: "permissions", relation: groupRelations.permissionIds, list: "shown", filter: "relation" },
    createdAt: { kind: "dateTime", column: table.createdAt, list: "offered", sortable: true, filter: "dateRange" },
    updatedAt: { kind: "dateTime", column: table.updatedAt },
  },
  editing: {
    schema: groupSchema,
    defaults: newGroup,
    form: { details: ["name", "bundleIds", "permissionIds"] },
    toColumns: nameColumns,
    hooks: grantingHooks,
  },
  choiceRules: grantChoiceRules,
  bulk: { delete: { access: access.delete, deletes: true } },
  affectedBy: (ctx, id) => affectedBy(ctx, { kind: "group", id }),
};
