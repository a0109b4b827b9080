import { and, getTableColumns, inArray, type SQL } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { keyOfColumn } from "./columns";
import { type Entity, editingOf, type StoredRow, type Values } from "./entity";
import { isUuid } from "./ids";

/** Rows as the table has them, and what fields and columns have to do with each other. */

/** The stored rows by id, held for the rest of the transaction, and locked in one order so that nobody waits in a ring. */
export async function lockRows(tx: Context, entity: Entity, ids: string[]): Promise<Map<string, StoredRow>> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return new Map();
  const { table, editing } = entity;
  const rows = (await tx.db
    .select({ ...getTableColumns(table), ...editing?.computed } as Record<string, SQL>)
    .from(table)
    .where(and(entity.where?.(), inArray(table.id, known)))
    .orderBy(table.id)
    .for("update")) as StoredRow[];
  return new Map(rows.map((row) => [row.id, row]));
}

/** The columns for the fields of `input`, where the entity does not say otherwise. */
export function defaultColumns(entity: Entity, input: Values): Values {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      const field = entity.fields[name];
      if (!field?.column || field.kind === "password") return [];
      const isEmpty = value === "" && (!field.column.notNull || field.kind === "day");
      const stored = typeof value === "string" && field.kind === "text" ? value.trim() : value;
      const compared =
        field.compared && field.canonical ? { [keyOfColumn(field.compared)]: field.canonical(String(value)) } : {};
      return Object.entries({ [keyOfColumn(field.column)]: isEmpty ? null : stored, ...compared });
    }),
  );
}

const same = (a: unknown, b: unknown) => (a instanceof Date && b instanceof Date ? +a === +b : a === b);

/** The columns that are not as they were; all of them for a new record. */
export const differing = (columns: Values, before: Values | undefined): Values =>
  before ? Object.fromEntries(Object.entries(columns).filter(([key, value]) => !same(value, before[key]))) : columns;

/** A record for the audit trail: the fields of its form by name, without passwords. */
export function describeRow(entity: Entity, row: StoredRow | undefined): Values {
  if (!row) return {};
  return Object.fromEntries(
    Object.keys(editingOf(entity).defaults).flatMap((name) => {
      const { kind, column } = entity.fields[name] ?? {};
      if (!column || kind === "password") return [];
      const value = row[keyOfColumn(column)];
      return [[name, value instanceof Date ? value.toISOString() : (value ?? null)]];
    }),
  );
}
