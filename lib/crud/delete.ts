import { inArray } from "drizzle-orm";
import { changesBetween, recordAudits } from "@/lib/audit/record";
import { type Context, inTransaction } from "@/lib/context";
import { isForeignKeyViolation } from "@/lib/db/client";
import { AppError, Conflict, Forbidden, NotFound } from "@/lib/errors";
import { type Change, type Entity, editingOf, labelOf, type Outcome } from "./entity";
import { isUuid } from "./ids";
import { formRelations, heldByAll, valuesOf } from "./record";
import { labelsOf, planRelation, sideOf } from "./relations";
import { describeRow, lockRows } from "./stored";

/** Records as changes that leave nothing, with what they hold, so that the audit trail can tell what was lost. */
async function losses(tx: Context, entity: Entity, ids: string[]): Promise<Map<string, Change>> {
  const rows = await lockRows(tx, entity, ids);
  const changes = new Map<string, Change>();
  const heldOf = await heldByAll(tx, entity, [...rows.keys()]);
  const relations = [];
  for (const [name, relation] of formRelations(entity)) {
    const all = [...rows.keys()].flatMap((id) => heldOf(id)[name] ?? []);
    relations.push({ name, relation, labels: await labelsOf(tx.db, relation, [...new Set(all)]) });
  }
  for (const [id, before] of rows) {
    const held = heldOf(id);
    changes.set(id, {
      id,
      before,
      input: valuesOf(entity, before, held),
      relations: relations.map(({ name, relation, labels }) => planRelation(relation, held[name] ?? [], [], labels)),
    });
  }
  return changes;
}

/** Deletes as many of `ids` as nothing refers to. */
async function deleteRows(tx: Context, entity: Entity, ids: string[]): Promise<Set<string>> {
  const attempt = (some: string[]) =>
    inTransaction(tx, (inner) => inner.db.delete(entity.table).where(inArray(entity.table.id, some))).then(
      () => true,
      (error: unknown) => {
        if (isForeignKeyViolation(error)) return false;
        throw error;
      },
    );
  if (ids.length === 0 || (await attempt(ids))) return new Set(ids);
  // One of them is referred to, and only the database knows which.
  const gone = new Set<string>();
  if (ids.length > 1) for (const id of ids) if (await attempt([id])) gone.add(id);
  return gone;
}

/** Deletes any number of records in the transaction of `tx`. What a rule or a reference refuses stays, and is told. */
export async function deleteIn(tx: Context, entity: Entity, ids: string[], version?: number): Promise<Outcome[]> {
  if (entity.remove) return entity.remove(tx, ids);
  const { hooks, lock } = editingOf(entity);
  await lock?.(tx, ids.filter(isUuid), []);
  const changes = await losses(tx, entity, ids);
  const judge = await hooks?.beforeDelete?.(tx, [...changes.values()]);
  const outcomes = new Map<string, Outcome>();
  for (const id of ids) {
    const change = changes.get(id);
    const label = change?.before ? labelOf(entity, change.before) : "";
    try {
      if (!change?.before) throw new NotFound();
      if (version !== undefined && change.before.version !== version) throw new Conflict();
      const reason = entity.rowRule?.(tx, change.before, "delete");
      if (reason) throw new Forbidden(reason.key, reason.params);
      judge?.(change);
      outcomes.set(id, { id, label, result: "changed" });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      outcomes.set(id, { id, label, result: "refused", error });
    }
  }
  const wanted = [...outcomes.values()].filter(({ result }) => result === "changed").map(({ id }) => id);
  const gone = await deleteRows(tx, entity, wanted);
  for (const id of wanted) {
    if (gone.has(id)) continue;
    const label = outcomes.get(id)?.label ?? "";
    outcomes.set(id, { id, label, result: "refused", error: new Conflict("referenced") });
  }
  const deleted = [...changes.values()].filter(({ id }) => gone.has(id));
  await recordAudits(
    tx,
    deleted.map(({ id, before, relations }) => ({
      action: "delete",
      entity: entity.name,
      entityId: id,
      entityLabel: outcomes.get(id)?.label ?? "",
      changes: changesBetween({ ...describeRow(entity, before), ...sideOf(relations, "from") }, {}),
    })),
  );
  if (deleted.length > 0) await hooks?.afterDelete?.(tx, deleted);
  return [...outcomes.values()];
}

/**
 * Deletes one record.
 * @param version the one that was looked at; undefined to take whatever is there
 * @throws NotFound, Forbidden, Conflict (`stale`, or `referenced` where something else needs it)
 */
export async function deleteRecord(ctx: Context, entity: Entity, id: string, version?: number): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [outcome] = await deleteIn(tx, entity, [id], version);
    if (outcome?.result === "refused") throw outcome.error;
  });
}
