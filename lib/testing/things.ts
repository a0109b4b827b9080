import { sql } from "drizzle-orm";
import { boolean, date, integer, pgTable, text } from "drizzle-orm/pg-core";
import { beforeAll } from "vitest";
import * as z from "zod/mini";
import { isDay } from "@/lib/crud/days";
import type { Entity } from "@/lib/crud/entity";
import { database } from "@/lib/db/client";
import { createdAt, id, updatedAt } from "@/lib/db/schema/columns";

/** An entity as a cloner's first one: a table and a definition, and nothing that the scaffold does not know. */

export const things = pgTable("things", {
  id: id(),
  title: text("title").notNull().unique(),
  note: text("note"),
  due: date("due"),
  isOpen: boolean("is_open").notNull().default(true),
  state: text("state").notNull().default("new"),
  version: integer("version").notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

const STATES = ["new", "done"] as const;

export const thingEntity: Entity = {
  name: "things",
  table: things,
  access: { list: "auth-manage", add: "auth-manage", edit: "auth-manage", delete: "auth-manage" },
  label: "title",
  order: { column: things.title },
  fields: {
    title: { kind: "text", column: things.title, unique: "nameTaken", isRequired: true, list: "shown", sortable: true },
    note: { kind: "longText", column: things.note },
    due: { kind: "day", column: things.due, list: "shown", sortable: true, filter: "dateRange" },
    isOpen: { kind: "boolean", column: things.isOpen, list: "shown", filter: "boolean" },
    state: { kind: "choice", column: things.state, choices: STATES, list: "shown", filter: "choice" },
  },
  editing: {
    schema: z.strictObject({
      title: z.string().check(z.trim(), z.minLength(1, "required")),
      note: z.string(),
      due: z.string().check(z.refine((day) => day === "" || isDay(day), "notADate")),
      isOpen: z.boolean(),
      state: z.enum(STATES),
    }),
    defaults: { title: "", note: "", due: "", isOpen: true, state: "new" },
    form: { details: ["title", "note", "due", "isOpen", "state"] },
  },
};

/** Makes the table in the database of a test file; call it after `setUpTestDatabase`. */
export function setUpThings(): void {
  beforeAll(async () => {
    await database().execute(sql`create table things (
      id uuid primary key, title text not null unique, note text, due date, is_open boolean not null default true,
      state text not null default 'new', version integer not null default 1,
      created_at timestamptz not null default now(), updated_at timestamptz not null default now())`);
  });
}
