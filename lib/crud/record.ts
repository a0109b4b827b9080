import { and, eq, type SQL } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { NotFound } from "@/lib/errors";
import { keyOfColumn } from "./columns";
import { type Entity, editingOf, type Field, labelOf, type StoredRow, type Values, visibleFields } from "./entity";
import { isUuid } from "./ids";
import { heldBy, type Relation } from "./relations";
import { presented, selection } from "./rows";

/** One record: as the database has it, as its form shows it, and as the API tells it. */

/** One record with everything that a form or the API shows of it. */
export type CrudRecord = { id: string; label: string; version: number; row: StoredRow; values: Values };

/** What a form shows of a stored value. */
function formValue({ kind, column }: Field, row: StoredRow): unknown {
  const stored = column ? row[keyOfColumn(column)] : undefined;
  if (kind === "boolean") return stored === true;
  if (stored instanceof Date) return kind === "day" ? stored.toISOString().slice(0, 10) : stored.toISOString();
  return stored ?? "";
}

/** The fields of the entity's form as they stand in a row, with `held` for the relations. */
export function valuesOf(entity: Entity, row: StoredRow, held: Record<string, string[]>): Values {
  return Object.fromEntries(
    Object.keys(editingOf(entity).defaults).map((name) => {
      const field = entity.fields[name];
      if (!field) return [name, ""];
      return [name, field.relation ? (held[name] ?? []) : formValue(field, row)];
    }),
  );
}

/** The relations that the entity's form speaks of. */
export const formRelations = (entity: Entity): [name: string, relation: Relation][] =>
  Object.keys(editingOf(entity).defaults).flatMap((name) => {
    const relation = entity.fields[name]?.relation;
    return relation ? [[name, relation] as [string, Relation]] : [];
  });

/**
 * What each of the records holds in each relation of the form. One query after the other: a transaction is one
 * connection.
 */
export async function heldByAll(ctx: Context, entity: Entity, ids: string[]) {
  const held: [string, Map<string, string[]>][] = [];
  for (const [name, relation] of formRelations(entity)) held.push([name, await heldBy(ctx.db, relation, ids)]);
  return (id: string): Record<string, string[]> =>
    Object.fromEntries(held.map(([name, byId]) => [name, byId.get(id) ?? []]));
}

/**
 * A record with what it holds.
 * @throws NotFound
 */
export async function getRecord(ctx: Context, entity: Entity, id: string): Promise<CrudRecord> {
  if (!(entity.isId ?? isUuid)(id)) throw new NotFound();
  const { table } = entity;
  const columns = { ...selection(entity, [], "ids"), ...("version" in table && { version: table.version }) };
  const [stored] = (await ctx.db
    .select(columns as Record<string, SQL>)
    .from(table)
    .where(and(entity.where?.(), eq(table.id, id)))) as StoredRow[];
  if (!stored) throw new NotFound();
  const [row = stored] = await presented(ctx, entity, [stored]);
  const values = entity.editing ? valuesOf(entity, row, (await heldByAll(ctx, entity, [id]))(id)) : {};
  return { id, label: labelOf(entity, row), version: Number(row.version ?? 1), row, values };
}

/** What a client of the API sees of a row: the fields that the actor may know of, instants as ISO 8601, nothing secret. */
export function toJson(ctx: Context, entity: Entity, row: StoredRow, held: Values = {}): Record<string, unknown> {
  const fields = visibleFields(ctx, entity).flatMap(([name, { kind, column, relation }]) => {
    if (kind === "password") return [];
    if (relation) return [[name, held[name] ?? row[name] ?? []] as const];
    return column ? [[name, row[keyOfColumn(column)] ?? null] as const] : [];
  });
  return { id: row.id, ...Object.fromEntries(fields) };
}
