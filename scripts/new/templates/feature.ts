import type { Names } from "@/scripts/new/names";

/** The files of lib/: table, schema, access, definition and verbs. */

export const tableFile = ({ plural, table }: Names) => `import { sql } from "drizzle-orm";
import { boolean, date, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt } from "./columns";

export const ${plural.camel} = pgTable(
  "${table}",
  {
    id: id(),
    /** As typed, for display only. */
    name: text("name").notNull(),
    /** The one form that is compared, everywhere: see lib/crud/name.ts. */
    nameCanonical: text("name_canonical").notNull().unique(),
    isActive: boolean("is_active").notNull().default(true),
    dueOn: date("due_on"),
    notes: text("notes").notNull().default(""),
    /** Counts saves, for the refusal of stale forms. */
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  // One index for each column that the list sorts by, ended as its order is ended.
  (t) => [
    index("${table}_name_trgm").using("gin", sql\`\${t.nameCanonical} gin_trgm_ops\`),
    index("${table}_is_active").on(t.isActive, t.nameCanonical),
    index("${table}_due_on").on(t.dueOn, t.nameCanonical),
    // Empty values come last in this direction too, which the index above cannot do.
    index("${table}_due_on_desc").on(t.dueOn.desc().nullsLast(), t.nameCanonical.desc().nullsFirst()),
    index("${table}_created_at").on(t.createdAt, t.nameCanonical),
  ],
);
`;

export const schemaFile = ({ singular }: Names) => `import * as z from "zod/mini";
import { isDay } from "@/lib/crud/days";
import { nameSchema } from "@/lib/crud/schema";

/** A text of at most \`max\` characters, which may be empty. */
const text = (max: number) =>
  z.string().check(
    // Browsers send line breaks in two characters, other clients in one: stored is one.
    z.overwrite((typed) => typed.replaceAll("\\r\\n", "\\n")),
    z.maxLength(max, "tooLong"),
    // NUL cannot be stored.
    z.refine((typed) => !typed.includes("\\0"), "invalidCharacters"),
  );

/** A day (ISO 8601); empty for none. */
const day = z.string().check(z.refine((typed) => typed === "" || isDay(typed), "notADate"));

/** What the form may contain: the same schema in the browser and on the server. Messages are keys below \`errors\`. */
export const ${singular.camel}Schema = z.strictObject({
  name: nameSchema,
  isActive: z.boolean(),
  dueOn: day,
  notes: text(10_000),
});

export type ${singular.pascal}Input = z.infer<typeof ${singular.camel}Schema>;

/** As the empty form has it. */
export const new${singular.pascal}: ${singular.pascal}Input = { name: "", isActive: true, dueOn: "", notes: "" };
`;

export const accessFile = ({ view, manage }: Names) => `import { hasAny } from "@/lib/auth/conditions";
import type { Access } from "@/lib/crud/entity";

/** What each action needs; pages, actions and the route table read it here. Who manages may look, too. */
export const access = {
  list: hasAny("${view}", "${manage}"),
  add: "${manage}",
  edit: "${manage}",
  delete: "${manage}",
} as const satisfies Access;
`;

export const entityFile = ({ plural, singular }: Names) => `import type { Entity } from "@/lib/crud/entity";
import { contains } from "@/lib/crud/list-sql";
import { canonicalName, nameField } from "@/lib/crud/name";
import { ${plural.camel} as table } from "@/lib/db/schema/${plural.kebab}";
import { access } from "./access";
import { new${singular.pascal}, ${singular.camel}Schema } from "./schema";

export const ${singular.camel}Entity: Entity = {
  name: "${plural.kebab}",
  table,
  access,
  label: "name",
  order: { column: table.nameCanonical },
  search: (text) => contains(table.nameCanonical, canonicalName(text)),
  fields: {
    name: nameField(table),
    isActive: { kind: "boolean", column: table.isActive, list: "shown", sortable: true, filter: "boolean" },
    dueOn: { kind: "day", column: table.dueOn, list: "shown", sortable: true, filter: "dateRange" },
    notes: { kind: "longText", column: table.notes, list: "offered" },
    createdAt: { kind: "dateTime", column: table.createdAt, list: "offered", sortable: true, filter: "dateRange" },
    updatedAt: { kind: "dateTime", column: table.updatedAt },
  },
  editing: {
    schema: ${singular.camel}Schema,
    defaults: new${singular.pascal},
    form: { details: ["name", "isActive", "dueOn", "notes"] },
  },
  bulk: {
    activate: { access: access.edit, patch: () => ({ isActive: true }) },
    deactivate: { access: access.edit, patch: () => ({ isActive: false }) },
    delete: { access: access.delete, deletes: true },
  },
};
`;

export const serviceFile = ({ singular }: Names) => `import type { Context } from "@/lib/context";
import { deleteRecord } from "@/lib/crud/delete";
import { type CrudRecord, getRecord } from "@/lib/crud/record";
import { createRecord, updateRecord } from "@/lib/crud/save";
import { ${singular.camel}Entity } from "./entity";
import type { ${singular.pascal}Input } from "./schema";

/** The verbs for those who call them by name: command line, seed and tests. */

/** @throws NotFound */
export const get${singular.pascal} = (ctx: Context, id: string): Promise<CrudRecord> =>
  getRecord(ctx, ${singular.camel}Entity, id);

/** @returns the new id. @throws Invalid for a wrong value or a taken name */
export const create${singular.pascal} = (ctx: Context, input: ${singular.pascal}Input): Promise<string> =>
  createRecord(ctx, ${singular.camel}Entity, input);

/** Saves one as a whole. @throws NotFound, Conflict if somebody saved in the meantime, Invalid */
export const update${singular.pascal} = (
  ctx: Context,
  id: string,
  version: number,
  input: ${singular.pascal}Input,
): Promise<void> => updateRecord(ctx, ${singular.camel}Entity, id, version, input);

/** @throws NotFound, Conflict where something else needs it */
export const delete${singular.pascal} = (ctx: Context, id: string): Promise<void> =>
  deleteRecord(ctx, ${singular.camel}Entity, id);
`;
