import { and, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { satisfies } from "@/lib/auth/conditions";
import { type Context, inTransaction } from "@/lib/context";
import { Forbidden, Invalid, NotFound } from "@/lib/errors";
import type { BulkResult } from "./bulk-state";
import { isInstant } from "./days";
import { deleteIn } from "./delete";
import type { BulkAction, Entity, Outcome, Values } from "./entity";
import { isUuid } from "./ids";
import type { ListQuery } from "./list-query";
import { whereOf } from "./list-sql";
import { countExactly } from "./page";
import { labelsOf } from "./relations";
import { idsAfter } from "./rows";
import { saveIn } from "./save";

/**
 * One action on many records: those that were ticked, or all that match the list's filter. Records are taken by id in
 * batches, each in a transaction of its own, so that any number can be done, watched and stopped.
 */

/** What to do, to which records. `asOf` is the moment of the decision (ISO 8601): what is newer is left alone. */
export type BulkOrder = {
  action: string;
  /** Id of the record that the action speaks of, such as a group; empty for actions that need none. */
  chosen: string;
  selection: { ids: string[] } | { query: Pick<ListQuery, "q" | "filters">; asOf: string };
};

/** Records of one batch, and of a preview. */
export const BATCH = 200;
const PREVIEW = 1_000;

/**
 * The action, if the actor may use it.
 * @throws NotFound for one that the entity does not have, Forbidden
 */
export function bulkActionOf({ actor }: Context, entity: Entity, name: string): BulkAction {
  const action = entity.bulk && Object.hasOwn(entity.bulk, name) ? entity.bulk[name] : undefined;
  if (!action) throw new NotFound();
  if (actor.kind === "user" && !satisfies(actor.principal, action.access)) throw new Forbidden();
  return action;
}

/**
 * The name of the chosen record, or "" for an action that needs none.
 * @throws Invalid on `chosen` if it is not there
 */
export async function chosenLabel(ctx: Context, entity: Entity, order: BulkOrder): Promise<string> {
  const { chooses } = bulkActionOf(ctx, entity, order.action);
  const relation = chooses ? entity.fields[chooses]?.relation : undefined;
  if (!relation) return "";
  const label = isUuid(order.chosen) && (await labelsOf(ctx.db, relation, [order.chosen])).get(order.chosen);
  if (!label) throw new Invalid({ chosen: { key: "required" } });
  return label;
}

function conditionOf(ctx: Context, entity: Entity, { selection }: BulkOrder): SQL | undefined {
  if ("ids" in selection) return and(entity.where?.(), inArray(entity.table.id, selection.ids.filter(isUuid)));
  // Nobody decided anything.
  if (!isInstant(selection.asOf)) return sql`false`;
  const { createdAt } = entity.table as typeof entity.table & { createdAt: PgColumn };
  return and(whereOf(ctx, entity, selection.query), lte(createdAt, sql`${selection.asOf}::timestamptz`));
}

/** This moment by the clock of the database, to the microsecond. */
export async function momentNow(ctx: Context): Promise<string> {
  const { rows } = await ctx.db.execute<{ now: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  return rows[0]?.now ?? "";
}

function summed(outcomes: Outcome[]): BulkResult {
  return {
    changed: outcomes.filter(({ result }) => result === "changed").length,
    unchanged: outcomes.filter(({ result }) => result === "unchanged").length,
    refused: outcomes.flatMap((outcome) =>
      outcome.result === "refused"
        ? [
            {
              id: outcome.id,
              label: outcome.label,
              problem: Object.values(fieldsOf(outcome.error))[0] ?? outcome.error.problem,
            },
          ]
        : [],
    ),
  };
}

const fieldsOf = (error: unknown) => (error instanceof Invalid ? error.fields : {});

function act(tx: Context, entity: Entity, order: BulkOrder, ids: string[]): Promise<Outcome[]> {
  const action = bulkActionOf(tx, entity, order.action);
  if ("run" in action) return action.run(tx, ids);
  if ("deletes" in action) return deleteIn(tx, entity, ids);
  const patch = (values: Values) => action.patch(values, order.chosen);
  return saveIn(
    tx,
    entity,
    ids.map((id) => ({ id, patch })),
  );
}

/**
 * Does the next batch after the record `after` (empty for the first).
 * @returns what became of it, and the last id done; undefined when there is nothing more to do
 * @throws NotFound, Forbidden, Invalid where nothing was chosen
 */
export async function bulkStep(
  ctx: Context,
  entity: Entity,
  order: BulkOrder,
  after: string,
): Promise<BulkResult & { cursor: string | undefined }> {
  await chosenLabel(ctx, entity, order);
  const range = { after: isUuid(after) ? after : "" };
  const ids = await idsAfter(ctx, entity, conditionOf(ctx, entity, order), range, BATCH);
  const outcomes = await inTransaction(ctx, (tx) => act(tx, entity, order, ids));
  return { ...summed(outcomes), cursor: ids.length === BATCH ? ids.at(-1) : undefined };
}

class OnlyLooking extends Error {
  constructor(readonly result: BulkResult) {
    super("only looking");
  }
}

/**
 * What the order would do: how many records it concerns, and what would become of the first thousand of them. Tried out in
 * a transaction that is taken back.
 * @throws as `bulkStep`
 */
export async function previewBulk(
  ctx: Context,
  entity: Entity,
  order: BulkOrder,
): Promise<BulkResult & { total: number; tried: number }> {
  await chosenLabel(ctx, entity, order);
  const where = conditionOf(ctx, entity, order);
  const total = await countExactly(ctx.db, entity.table, where);
  const ids = await idsAfter(ctx, entity, where, { after: "" }, PREVIEW);
  const attempt = inTransaction(ctx, async (tx) => {
    throw new OnlyLooking(summed(await act(tx, entity, order, ids)));
  });
  const result = await attempt.catch((error: unknown) => {
    if (error instanceof OnlyLooking) return error.result;
    throw error;
  });
  return { ...(result as BulkResult), total, tried: ids.length };
}
