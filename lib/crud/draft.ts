import { v7 } from "uuid";
import type { Context } from "@/lib/context";
import { AppError, Conflict, Forbidden, Invalid, NotFound } from "@/lib/errors";
import { type Change, type Entity, editingOf, labelOf, type StoredRow, type Values } from "./entity";
import { parsePatch } from "./form-state";
import { isUuid } from "./ids";
import { formRelations, heldByAll, valuesOf } from "./record";
import { labelsOf, planRelation } from "./relations";
import { defaultColumns, differing, lockRows } from "./stored";

/** From what is wanted to what would be written, before any rule of the entity is asked. */

/** What is wanted of one record. */
export type Wanted = {
  /** Undefined for a new one. */
  id?: string;
  /** The version that the change was made on; undefined to take whatever is there. */
  version?: number;
  /** The fields to change, given all of them as they are. Fields that are left out keep their value. */
  patch: (values: Values) => Values;
  /** Columns to store of this record beside those of the fields. */
  prepared?: Values;
};

/** A change, and the columns that it writes. */
export type Draft = { change: Change; columns: Values };

/** @throws NotFound, Forbidden by a rule of the row, Conflict if somebody saved in the meantime */
function assertMayChange(ctx: Context, entity: Entity, { id, version }: Wanted, row: StoredRow | undefined): void {
  if (id === undefined) return;
  if (!row) throw new NotFound();
  const reason = entity.rowRule?.(ctx, row, "edit");
  if (reason) throw new Forbidden(reason.key, reason.params);
  if (version !== undefined && row.version !== version) throw new Conflict();
}

/** The wanted records as changes, with what is refused by itself put aside. */
export async function draft(
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
      const input = parsePatch(editing.schema, values, want.patch(values));
      return [{ before, values, input, columns: { ...prepared, ...want.prepared } }];
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
  return inputs.flatMap(({ before, values, input, columns: beside }) => {
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
    const all = { ...(before ? differing(columnsFor(input), columnsFor(values)) : columnsFor(input)), ...beside };
    const columns = differing(all, before);
    return [
      { change: { id, ...(before && { before }), after: { ...before, ...all, id }, input, relations: plans }, columns },
    ];
  });
}
