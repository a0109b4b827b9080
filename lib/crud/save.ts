import { eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { changesBetween, recordAudits } from "@/lib/audit/record";
import { type Context, inTransaction } from "@/lib/context";
import { isForeignKeyViolation } from "@/lib/db/client";
import { AppError, Conflict, Forbidden, Invalid, NotFound } from "@/lib/errors";
import { keyOfColumn } from "./columns";
import { type Change, type Entity, editingOf, labelOf, type StoredRow, type Values } from "./entity";
import { parseInput, parsePatch } from "./form-state";
import { isUuid } from "./ids";
import { applyRelations, labelsOf, planRelation, sideOf } from "./relations";
import { formRelations, heldByAll, valuesOf } from "./rows";
import { refusingTaken } from "./unique";

/** The one way into the tables: forms, API, bulk actions, command line and seed all end here. */

/** What is wanted of one record. */
export type Wanted = {
  /** Undefined for a new one. */
  id?: string;
  /** The version that the change was made on; undefined to take whatever is there. */
  version?: number;
  /** The fields to change, given all of them as they are. Fields that are left out keep their value. */
  patch: (values: Values) => Values;
};

export type Outcome =
  | { id: string; label: string; result: "changed" | "unchanged" }
  | { id: string; label: string; result: "refused"; error: AppError };

/** The stored rows by id, held for the rest of the transaction, and locked in one order so that nobody waits in a ring. */
export async function lockRows(tx: Context, entity: Entity, ids: string[]): Promise<Map<string, StoredRow>> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return new Map();
  const { table, editing } = entity;
  const rows = (await tx.db
    .select({ ...getTableColumns(table), ...editing?.computed } as Record<string, SQL>)
    .from(table)
    .where(inArray(table.id, known))
    .orderBy(table.id)
    .for("update")) as StoredRow[];
  return new Map(rows.map((row) => [row.id, row]));
}

function defaultColumns(entity: Entity, input: Values): Values {
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

const differing = (columns: Values, before: Values | undefined): Values =>
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

type Draft = { change: Change; columns: Values };

/** @throws NotFound, Forbidden by a rule of the row, Conflict if somebody saved in the meantime */
function assertMayChange(ctx: Context, entity: Entity, { id, version }: Wanted, row: StoredRow | undefined): void {
  if (id === undefined) return;
  if (!row) throw new NotFound();
  const reason = entity.rowRule?.(ctx, row, "edit");
  if (reason) throw new Forbidden(reason.key, reason.params);
  if (version !== undefined && row.version !== version) throw new Conflict();
}

/** The wanted records as changes, with what is refused by itself put aside. */
async function draft(
  tx: Context,
  entity: Entity,
  wanted: readonly Wanted[],
  prepared: Values,
  refuse: (id: string, label: string, error: AppError) => void,
): Promise<Draft[]> {
  const editing = editingOf(entity);
  const ids = wanted.flatMap(({ id }) => id ?? []);
  await editing.lock?.(
    tx,
    ids.filter(isUuid),
    wanted.map(({ patch }) => patch(editing.defaults)),
  );
  const rows = await lockRows(tx, entity, ids);
  const relations = formRelations(entity);
  const heldOf = await heldByAll(tx, entity, [...rows.keys()]);

  const inputs = wanted.flatMap((want) => {
    const before = want.id === undefined ? undefined : rows.get(want.id);
    try {
      assertMayChange(tx, entity, want, before);
      const values = before ? valuesOf(entity, before, heldOf(before.id)) : editing.defaults;
      return [{ before, values, input: parsePatch(editing.schema, values, want.patch(values)) }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(want.id ?? "", before ? labelOf(entity, before) : "", error);
      return [];
    }
  });

  const labels = new Map<string, Map<string, string>>();
  for (const [name, relation] of relations) {
    const all = inputs.flatMap(({ values, input }) => [values[name], input[name]].flat() as string[]);
    labels.set(name, await labelsOf(tx.db, relation, [...new Set(all)]));
  }
  return inputs.flatMap(({ before, values, input }) => {
    const id = before?.id ?? v7();
    const plans = relations.map(([name, relation]) =>
      planRelation(
        relation,
        before ? (values[name] as string[]) : [],
        input[name] as string[],
        labels.get(name) ?? new Map(),
      ),
    );
    const unknown = relations.find(([name]) => (input[name] as string[]).some((held) => !labels.get(name)?.has(held)));
    if (unknown) {
      refuse(id, before ? labelOf(entity, before) : "", new Invalid({ [unknown[0]]: { key: "unknownChoice" } }));
      return [];
    }
    const columnsFor = (given: Values) => editing.toColumns?.(given, before) ?? defaultColumns(entity, given);
    // What the patch says nothing of stays as it is stored, also where it would be spelt otherwise today.
    const all = { ...(before ? differing(columnsFor(input), columnsFor(values)) : columnsFor(input)), ...prepared };
    const columns = differing(all, before);
    return [
      { change: { id, ...(before && { before }), after: { ...before, ...all, id }, input, relations: plans }, columns },
    ];
  });
}

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
  const prepared = await prepare?.(ctx, checked, "new");
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
  const prepared = await prepare?.(ctx, patch, "existing");
  await refusingTaken(ctx, entity, patch, () =>
    saveOne(ctx, entity, { id, ...(version !== undefined && { version }), patch: () => patch }, prepared ?? {}),
  );
}
