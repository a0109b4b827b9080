import type { Entity } from "@/lib/crud/entity";
import { permissions as table } from "@/lib/db/schema/access";
import { access } from "./access";
import { listDescribed } from "./described";

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
  list: listDescribed,
};
