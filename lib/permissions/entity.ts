import type { Entity, StoredRow } from "@/lib/crud/entity";
import { permissions as table } from "@/lib/db/schema/access";
import { access } from "./access";
import { described, listDescribed } from "./described";

export const permissionEntity: Entity = {
  name: "permissions",
  table,
  access,
  label: "token",
  order: { column: table.token },
  fields: {
    token: { kind: "code", column: table.token, list: "shown", sortable: true, filter: "text" },
    description: { kind: "text", column: table.description, list: "shown", sortable: true, filter: "text" },
    createdAt: { kind: "dateTime", column: table.createdAt },
    updatedAt: { kind: "dateTime", column: table.updatedAt },
  },
  present: (_ctx, row) => described(row as StoredRow & { token: string; description: string }),
  list: listDescribed,
};
