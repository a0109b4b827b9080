import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Database } from "@/lib/db/client";
import type { EntityName } from "@/lib/entity-names";
import { keyOfColumn } from "./columns";

/** A many-to-many relation seen from its holder: user → groups, group → bundles and so on. */
export type Relation = {
  /** The form field, which also names it in the audit trail. */
  field: string;
  /** The entity of what is held. */
  entity: EntityName;
  link: PgTable;
  holder: PgColumn;
  held: PgColumn;
  target: PgTable & { id: PgColumn };
  /** What a person calls the held record. */
  label: PgColumn;
  /**
   * Where others than people here make links too: whether people here have made this one, and the column with the others
   * who did. Forms show and change only what people have made.
   */
  shared?: { byHand: PgColumn; sources: PgColumn };
};

export type Option = { id: string; label: string };

/** More choices than this are searched for instead of listed. */
export const MAX_OPTIONS = 500;

/**
 * What can be held, by label: the first MAX_OPTIONS, and `needed` in any case.
 * @returns also whether there is more than that
 */
export async function relationOptions(
  db: Database,
  { target, label }: Relation,
  needed: string[] = [],
): Promise<{ options: Option[]; hasMore: boolean }> {
  const option = { id: sql<string>`${target.id}`, label: sql<string>`${label}` };
  const first = await db
    .select(option)
    .from(target)
    .orderBy(asc(label))
    .limit(MAX_OPTIONS + 1);
  const options = first.slice(0, MAX_OPTIONS);
  const hasMore = first.length > MAX_OPTIONS;
  const missing = hasMore ? needed.filter((id) => !options.some((known) => known.id === id)) : [];
  const more = missing.length > 0 ? await db.select(option).from(target).where(inArray(target.id, missing)) : [];
  return { options: [...options, ...more], hasMore };
}

/** Ids of what each of the records holds in this relation, as far as people here have a say in it. */
export async function heldBy(
  db: Database,
  { link, holder, held, shared }: Relation,
  holderIds: string[],
): Promise<Map<string, string[]>> {
  const byHolder = new Map<string, string[]>(holderIds.map((id) => [id, []]));
  if (holderIds.length === 0) return byHolder;
  const rows = await db
    .select({ holder: sql<string>`${holder}`, held: sql<string>`${held}` })
    .from(link)
    .where(and(inArray(holder, holderIds), shared && eq(shared.byHand, true)));
  for (const row of rows) byHolder.get(row.holder)?.push(row.held);
  return byHolder;
}

/** Names of what each of the records holds, in their order. */
export async function namesHeldBy(
  db: Database,
  { link, holder, held, target, label }: Relation,
  holderIds: string[],
): Promise<Map<string, string[]>> {
  const rows = await db
    .select({ holder: sql<string>`${holder}`, label: sql<string>`${label}` })
    .from(link)
    .innerJoin(target, eq(target.id, held))
    // One parameter, however many there are.
    .where(sql`${holder} = any(${sql.param(holderIds)}::uuid[])`)
    .orderBy(asc(label));
  const byHolder = new Map<string, string[]>();
  for (const row of rows) {
    const labels = byHolder.get(row.holder);
    if (labels) labels.push(row.label);
    else byHolder.set(row.holder, [row.label]);
  }
  return byHolder;
}

/** The names of records that can be held, by id; ids that do not exist are left out. */
export async function labelsOf(db: Database, { target, label }: Relation, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: sql<string>`${target.id}`, label: sql<string>`${label}` })
    .from(target)
    .where(inArray(target.id, ids));
  return new Map(rows.map(({ id, label: text }) => [id, text]));
}

/** What a save changes in one relation: ids to add and to take away, and both states by name. */
export type RelationChange = { relation: Relation; added: string[]; removed: string[]; from: string[]; to: string[] };

/** Compares what a record holds with what it shall hold. */
export function planRelation(
  relation: Relation,
  before: string[],
  wanted: string[],
  labels: Map<string, string>,
): RelationChange {
  const after = [...new Set(wanted)];
  const named = (ids: string[]) => ids.map((id) => labels.get(id) ?? id).sort();
  return {
    relation,
    added: after.filter((id) => !before.includes(id)),
    removed: before.filter((id) => !after.includes(id)),
    from: named(before),
    to: named(after),
  };
}

/** What a plan newly gives, by form field. */
export const addedBy = (plans: RelationChange[]): Record<string, string[]> =>
  Object.fromEntries(plans.map(({ relation, added }) => [relation.field, added]));

/** One side of a plan by form field, for the audit trail. */
export const sideOf = (plans: RelationChange[], side: "from" | "to"): Record<string, string[]> =>
  Object.fromEntries(plans.map((plan) => [plan.relation.field, plan[side]]));

/** Rows of one insert; PostgreSQL takes at most 65,535 parameters. */
const INSERT_ROWS = 5_000;

/** Takes a link away; of one that others have made too, only our part in it. */
async function unlink(db: Database, { link, holder, held, shared }: Relation, heldId: string, holderIds: string[]) {
  const links = and(inArray(holder, holderIds), inArray(held, [heldId]));
  if (!shared) {
    await db.delete(link).where(links);
    return;
  }
  await db.delete(link).where(and(links, sql`cardinality(${shared.sources}) = 0`));
  await db
    .update(link)
    .set({ [keyOfColumn(shared.byHand)]: false })
    .where(links);
}

async function addLinks(db: Database, { link, holder, held, shared }: Relation, rows: Record<string, string>[]) {
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const inserting = db.insert(link).values(rows.slice(start, start + INSERT_ROWS));
    if (!shared) await inserting;
    else await inserting.onConflictDoUpdate({ target: [holder, held], set: { [keyOfColumn(shared.byHand)]: true } });
  }
}

/** Carries out the plans of several holders; part of the transaction in which they were made. */
export async function applyRelations(
  db: Database,
  changes: readonly { id: string; relations: RelationChange[] }[],
): Promise<void> {
  const relations = new Set(changes.flatMap((change) => change.relations.map(({ relation }) => relation)));
  for (const relation of relations) {
    const plans = changes.flatMap(({ id, relations: all }) =>
      all.filter((plan) => plan.relation === relation).map((plan) => ({ id, ...plan })),
    );
    const leaving = new Map<string, string[]>();
    for (const { id, removed } of plans) {
      for (const heldId of removed) leaving.set(heldId, [...(leaving.get(heldId) ?? []), id]);
    }
    for (const [heldId, holderIds] of leaving) await unlink(db, relation, heldId, holderIds);
    const [holderKey, heldKey] = [keyOfColumn(relation.holder), keyOfColumn(relation.held)];
    await addLinks(
      db,
      relation,
      plans.flatMap(({ id, added }) => added.map((heldId) => ({ [holderKey]: id, [heldKey]: heldId }))),
    );
  }
}
