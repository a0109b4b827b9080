import { and, eq, type SQL, sql } from "drizzle-orm";
import { changesBetween, recordAudit } from "@/lib/audit/record";
import { assertMayGrant } from "@/lib/auth/granting";
import { type Context, inTransaction } from "@/lib/context";
import { isUniqueViolation } from "@/lib/db/client";
import { correlated } from "@/lib/db/correlated";
import type { NamedTable } from "@/lib/db/schema/access";
import { Conflict, Invalid, NotFound } from "@/lib/errors";
import { isUuid } from "./ids";
import type { ListFields, ListQuery } from "./list-query";
import { contains, type ListColumns, offsetOf, orderOf, whereOf } from "./list-sql";
import { countUpTo, type Page } from "./page";
import { addedBy, applyRelation, heldIds, planRelations, type Relation, sideOf } from "./relations";

/** The verbs of what is a name with grants: groups and bundles. */
export type NamedEntity = {
  entity: "groups" | "bundles";
  table: NamedTable;
  relations: readonly Relation[];
};

export type NamedInput = { name: string; bundleIds?: string[]; permissionIds?: string[] };

export type NamedRow = { id: string; name: string; held: Record<string, string[]> };

export type NamedRecord = { id: string; name: string; version: number; held: Record<string, string[]> };

/** As it is shown: no white space around it, and single blanks within. */
const tidyName = (name: string): string => name.replace(/\s+/g, " ").trim();

/** As it is compared: "Staff" and " staff " are one name. */
export const canonicalName = (name: string): string => tidyName(name.normalize("NFKC")).toLowerCase();

/** What the URL of such a list may speak of. */
export const namedFields: ListFields = { name: { sortable: true, filter: "text" } };

const columnsOf = (table: NamedTable): ListColumns => ({
  name: { ...namedFields.name, column: table.nameCanonical, canonical: canonicalName },
});

const labelsHeldBy = (table: NamedTable, { link, holder, held, target, label }: Relation): SQL<string[]> =>
  correlated(sql<string[]>`array(select ${label} from ${link} join ${target} on ${target.id} = ${held}
    where ${holder} = ${table.id} order by ${label})`);

/** One page, each row with the labels of what it holds. */
export async function listNamed(ctx: Context, definition: NamedEntity, query: ListQuery): Promise<Page<NamedRow>> {
  const { table, relations } = definition;
  const columns = columnsOf(table);
  const where = and(
    query.q ? contains(table.nameCanonical, canonicalName(query.q)) : undefined,
    whereOf(query, columns),
  );
  const held = Object.fromEntries(relations.map((relation) => [relation.field, labelsHeldBy(table, relation)]));
  const items = await ctx.db
    .select({ id: table.id, name: table.name, held })
    .from(table)
    .where(where)
    .orderBy(...orderOf(query, columns, table.nameCanonical, table.id))
    .limit(query.size)
    .offset(offsetOf(query));
  return { items, ...(await countUpTo(ctx.db, table, where)) };
}

/** @throws NotFound */
export async function getNamed(ctx: Context, { table, relations }: NamedEntity, id: string): Promise<NamedRecord> {
  if (!isUuid(id)) throw new NotFound();
  const [row] = await ctx.db
    .select({ id: table.id, name: table.name, version: table.version })
    .from(table)
    .where(eq(table.id, id));
  if (!row) throw new NotFound();
  const held = await Promise.all(
    relations.map(async (relation) => [relation.field, await heldIds(ctx.db, relation, id)] as const),
  );
  return { ...row, held: Object.fromEntries(held) };
}

async function refusingTakenName<T>(
  ctx: Context,
  { entity, table }: NamedEntity,
  name: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const [holder] = await ctx.db
      .select({ id: table.id })
      .from(table)
      .where(eq(table.nameCanonical, canonicalName(name)));
    throw new Invalid({ name: { key: "nameTaken", ...(holder && { href: `/admin/${entity}/${holder.id}/edit` }) } });
  }
}

async function planAll(tx: Context, { relations }: NamedEntity, id: string | undefined, input: NamedInput) {
  const plans = await planRelations(tx.db, relations, id, input);
  await assertMayGrant(tx, addedBy(plans));
  return plans;
}

/**
 * Creates one.
 * @returns the new id
 * @throws Invalid for a taken name, an unknown choice, or more than the actor may give
 */
export async function createNamed(ctx: Context, definition: NamedEntity, input: NamedInput): Promise<string> {
  const { entity, table } = definition;
  const name = tidyName(input.name);
  return refusingTakenName(ctx, definition, name, () =>
    inTransaction(ctx, async (tx) => {
      const plans = await planAll(tx, definition, undefined, input);
      const [row] = await tx.db
        .insert(table)
        .values({ name, nameCanonical: canonicalName(name) })
        .returning({ id: table.id });
      if (!row) throw new Error("insert returned no row");
      for (const plan of plans) await applyRelation(tx.db, plan, row.id);
      const after = { name, ...sideOf(plans, "to") };
      await recordAudit(tx, {
        action: "create",
        entity,
        entityId: row.id,
        entityLabel: name,
        changes: changesBetween({}, after),
      });
      return row.id;
    }),
  );
}

/**
 * Saves one as a whole.
 * @param version the one the form was loaded with
 * @throws NotFound, Conflict if somebody saved in the meantime, Invalid
 */
export async function updateNamed(
  ctx: Context,
  definition: NamedEntity,
  id: string,
  version: number,
  input: NamedInput,
): Promise<void> {
  const { entity, table } = definition;
  const name = tidyName(input.name);
  await refusingTakenName(ctx, definition, name, () =>
    inTransaction(ctx, async (tx) => {
      if (!isUuid(id)) throw new NotFound();
      const [before] = await tx.db.select().from(table).where(eq(table.id, id)).for("update");
      if (!before) throw new NotFound();
      if (before.version !== version) throw new Conflict();
      const plans = await planAll(tx, definition, id, input);
      await tx.db
        .update(table)
        .set({
          name,
          nameCanonical: canonicalName(name),
          version: sql`${table.version} + 1`,
          updatedAt: sql`now()`,
        })
        .where(eq(table.id, id));
      for (const plan of plans) await applyRelation(tx.db, plan, id);
      await recordAudit(tx, {
        action: "update",
        entity,
        entityId: id,
        entityLabel: name,
        changes: changesBetween({ name: before.name, ...sideOf(plans, "from") }, { name, ...sideOf(plans, "to") }),
      });
    }),
  );
}
