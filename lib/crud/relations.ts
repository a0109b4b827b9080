import { and, asc, eq, getTableColumns, inArray, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "@/lib/db/client";
import { Invalid } from "@/lib/errors";

/** A many-to-many relation seen from its holder: user → groups, group → bundles and so on. */
export type Relation = {
  /** The form field, which also names it in the audit trail. */
  field: string;
  link: PgTable;
  holder: PgColumn;
  held: PgColumn;
  target: PgTable & { id: PgColumn };
  /** What a person calls the held record. */
  label: PgColumn;
};

export type Option = { id: string; label: string };

/** Everything that can be held, by label. */
export async function relationOptions(db: Database, { target, label }: Relation): Promise<Option[]> {
  return db
    .select({ id: sql<string>`${target.id}`, label: sql<string>`${label}` })
    .from(target)
    .orderBy(asc(label));
}

/** Ids of what the record `holderId` holds in this relation. */
export async function heldIds(db: Database, { link, holder, held }: Relation, holderId: string): Promise<string[]> {
  const rows = await db
    .select({ id: sql<string>`${held}` })
    .from(link)
    .where(eq(holder, holderId));
  return rows.map(({ id }) => id);
}

async function labelsOf(db: Database, { target, label }: Relation, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: sql<string>`${target.id}`, label: sql<string>`${label}` })
    .from(target)
    .where(inArray(target.id, ids));
  return new Map(rows.map(({ id, label: text }) => [id, text]));
}

/** What a save changes in one relation: ids to add and to take away, and both states by label. */
export type RelationChange = { relation: Relation; added: string[]; removed: string[]; from: string[]; to: string[] };

/**
 * Compares what a record holds with what it shall hold.
 * @param holderId undefined for a record that does not exist yet
 * @throws Invalid on the relation's field if a wanted id does not exist
 */
async function planRelation(
  db: Database,
  relation: Relation,
  holderId: string | undefined,
  wanted: string[],
): Promise<RelationChange> {
  const before = holderId === undefined ? [] : await heldIds(db, relation, holderId);
  const after = [...new Set(wanted)];
  const labels = await labelsOf(db, relation, [...new Set([...before, ...after])]);
  if (after.some((id) => !labels.has(id))) throw new Invalid({ [relation.field]: { key: "unknownChoice" } });
  const named = (ids: string[]) => ids.map((id) => labels.get(id) ?? id).sort();
  return {
    relation,
    added: after.filter((id) => !before.includes(id)),
    removed: before.filter((id) => !after.includes(id)),
    from: named(before),
    to: named(after),
  };
}

/** The changes of several relations, one after the other: a transaction is one connection, and takes one query at a time. */
export async function planRelations(
  db: Database,
  relations: readonly Relation[],
  holderId: string | undefined,
  wanted: Partial<Record<string, unknown>>,
): Promise<RelationChange[]> {
  const plans: RelationChange[] = [];
  for (const relation of relations) {
    plans.push(await planRelation(db, relation, holderId, (wanted[relation.field] ?? []) as string[]));
  }
  return plans;
}

/** What a plan newly gives, by form field. */
export const addedBy = (plans: RelationChange[]): Record<string, string[]> =>
  Object.fromEntries(plans.map(({ relation, added }) => [relation.field, added]));

/** One side of a plan by form field, for the audit trail. */
export const sideOf = (plans: RelationChange[], side: "from" | "to"): Record<string, string[]> =>
  Object.fromEntries(plans.map((plan) => [plan.relation.field, plan[side]]));

/** The key under which the link table knows a column. */
function keyOf(table: PgTable, column: PgColumn): string {
  const entry = Object.entries(getTableColumns(table)).find(([, candidate]) => candidate === column);
  if (!entry) throw new Error(`${column.name} is no column of its link table.`);
  return entry[0];
}

/** Carries out a plan; part of the transaction in which it was made. */
export async function applyRelation(db: Database, change: RelationChange, holderId: string): Promise<void> {
  const { link, holder, held } = change.relation;
  if (change.removed.length > 0) {
    await db.delete(link).where(and(eq(holder, holderId), inArray(held, change.removed)));
  }
  if (change.added.length > 0) {
    const [holderKey, heldKey] = [keyOf(link, holder), keyOf(link, held)];
    await db.insert(link).values(change.added.map((id) => ({ [holderKey]: holderId, [heldKey]: id })));
  }
}
