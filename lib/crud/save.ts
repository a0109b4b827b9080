import { eq, inArray, type SQL, sql } from "drizzle-orm";
import { changesBetween, recordAudits } from "@/lib/audit/record";
import { type Context, inTransaction } from "@/lib/context";
import { isForeignKeyViolation } from "@/lib/db/client";
import { AppError, Conflict, NotFound } from "@/lib/errors";
import { type Draft, draft, type Wanted } from "./draft";
import { type Change, type Entity, editingOf, labelOf, type Outcome, type Values } from "./entity";
import { parseInput, parsePatch } from "./form-state";
import { applyRelations, sideOf } from "./relations";
import { describeRow } from "./stored";
import { refusingTaken } from "./unique";

/** The one way into the tables: forms, API, bulk actions, command line and seed all end here. */

const auditOf = (entity: Entity, { id, before, after, relations }: Change) => ({
  action: before ? "update" : "create",
  entity: entity.name,
  entityId: id,
  entityLabel: after ? labelOf(entity, after) : "",
  changes: changesBetween(before ? { ...describeRow(entity, before), ...sideOf(relations, "from") } : {}, {
    ...describeRow(entity, after),
    ...sideOf(relations, "to"),
  }),
});

const isChange = ({ change, columns }: Draft) =>
  !change.before ||
  Object.keys(columns).length > 0 ||
  change.relations.some(({ added, removed }) => added.length + removed.length > 0);

/** Writes what was decided. Records that get the same values are written by one statement. */
async function write(tx: Context, entity: Entity, drafts: readonly Draft[]): Promise<void> {
  const { table } = entity;
  const created = drafts.filter(({ change }) => !change.before);
  if (created.length > 0) {
    await tx.db.insert(table).values(created.map(({ change, columns }) => ({ ...columns, id: change.id })));
  }
  const alike = new Map<string, { columns: Values; ids: string[] }>();
  for (const { change, columns } of drafts.filter(({ change }) => change.before)) {
    const key = JSON.stringify(columns);
    alike.set(key, { columns, ids: [...(alike.get(key)?.ids ?? []), change.id] });
  }
  for (const { columns, ids } of alike.values()) {
    const version = (table as typeof table & { version: SQL }).version;
    await tx.db
      .update(table)
      .set({ ...columns, version: sql`${version} + 1`, updatedAt: sql`now()` })
      .where(ids.length === 1 ? eq(table.id, ids[0]) : inArray(table.id, ids));
  }
  await applyRelations(
    tx.db,
    drafts.map(({ change }) => change),
  );
}

/**
 * Saves any number of records in the transaction of `tx`. What a rule refuses is left as it was and told; the rest is
 * saved, with one audit row each.
 */
export async function saveIn(
  tx: Context,
  entity: Entity,
  wanted: readonly Wanted[],
  prepared: Values = {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const refuse = (id: string, label: string, error: AppError) => outcomes.push({ id, label, result: "refused", error });
  const { hooks } = editingOf(entity);
  const drafts = await draft(tx, entity, wanted, prepared, refuse);
  const judge = await hooks?.beforeSave?.(
    tx,
    drafts.map(({ change }) => change),
  );
  const passed = drafts.filter(({ change }) => {
    try {
      judge?.(change);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(change.id, change.before ? labelOf(entity, change.before) : "", error);
      return false;
    }
  });
  const changing = passed.filter(isChange);
  if (changing.length > 0) {
    await write(tx, entity, changing).catch((error: unknown) => {
      // What somebody was to hold went away between the look and the write.
      throw isForeignKeyViolation(error) ? new Conflict() : error;
    });
    const changes = changing.map(({ change }) => change);
    await recordAudits(
      tx,
      changes
        .map((change) => auditOf(entity, change))
        .filter(({ action, changes: fields }) => {
          return action === "create" || Object.keys(fields).length > 0;
        }),
    );
    await hooks?.afterSave?.(tx, changes);
  }
  const done = (drafted: Draft): Outcome => ({
    id: drafted.change.id,
    label: labelOf(entity, drafted.change.after ?? { id: drafted.change.id }),
    result: isChange(drafted) ? "changed" : "unchanged",
  });
  return [...outcomes, ...passed.map(done)];
}

/** Saves one record, and throws what refuses it. */
const saveOne = (ctx: Context, entity: Entity, wanted: Wanted, prepared: Values): Promise<string> =>
  inTransaction(ctx, async (tx) => {
    const [outcome] = await saveIn(tx, entity, [wanted], prepared);
    if (!outcome) throw new NotFound();
    if (outcome.result === "refused") throw outcome.error;
    return outcome.id;
  });

/**
 * Creates a record; fields that are left out are as in the empty form.
 * @returns the new id
 * @throws Invalid for wrong or taken values and unknown choices, Forbidden for what the actor may not do
 */
export async function createRecord(ctx: Context, entity: Entity, input: Values): Promise<string> {
  const { schema, defaults, prepare } = editingOf(entity);
  const checked = parseInput(schema, { ...defaults, ...input });
  const prepared = await prepare?.(ctx, checked, undefined);
  return refusingTaken(ctx, entity, checked, () => saveOne(ctx, entity, { patch: () => checked }, prepared ?? {}));
}

/**
 * Changes the fields in `patch` of one record.
 * @param version the one that the change was made on; undefined to take whatever is there
 * @throws NotFound, Conflict if somebody saved in the meantime, Invalid, Forbidden
 */
export async function updateRecord(
  ctx: Context,
  entity: Entity,
  id: string,
  version: number | undefined,
  patch: Values,
): Promise<void> {
  const { schema, defaults, prepare } = editingOf(entity);
  parsePatch(schema, defaults, patch);
  const prepared = await prepare?.(ctx, patch, id);
  await refusingTaken(ctx, entity, patch, () =>
    saveOne(ctx, entity, { id, ...(version !== undefined && { version }), patch: () => patch }, prepared ?? {}),
  );
}
