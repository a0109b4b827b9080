import { redirect } from "next/navigation";
import * as z from "zod/mini";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import type { Context } from "@/lib/context";
import { NotFound } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { type BulkOrder, bulkStep } from "./bulk";
import { type BulkState, newBulkState } from "./bulk-state";
import { backTo, CARRIED, carriedBy } from "./carried";
import { deleteRecord } from "./delete";
import { type Entity, editingOf, type Values, visibleFields } from "./entity";
import { isChecked, text, texts } from "./form-data";
import { type FormState, formStateOf, parseInput } from "./form-state";
import { parseListQuery } from "./list-query";
import { listFieldsOf } from "./list-sql";
import { getRecord } from "./record";
import { createRecord, updateRecord } from "./save";

/**
 * What the server actions of an entity do once their guard has let the caller in: read the form, call the verb, and
 * answer with the next page or with what is wrong.
 */

const pathOf = ({ name }: Entity) => `/admin/${name}`;

/**
 * The posted fields. A box that the actor's form does not show is left out unless it was posted all the same; names that
 * are no fields come along too, so that the schema refuses them.
 */
function posted(ctx: Context, entity: Entity, form: FormData): Values {
  const visible = new Map(visibleFields(ctx, entity));
  const names = Object.keys(editingOf(entity).defaults).filter((name) => visible.has(name) || form.has(name));
  const strangers = [...form.keys()].filter(
    (name) => !names.includes(name) && !CARRIED.includes(name) && !name.startsWith("$ACTION"),
  );
  return Object.fromEntries([
    ...strangers.map((name) => [name, text(form, name)]),
    ...names.map((name) => {
      const field = entity.fields[name];
      if (field?.relation) return [name, texts(form, name)];
      return [name, field?.kind === "boolean" ? isChecked(form, name) : text(form, name)];
    }),
  ]);
}

/** Passwords are not sent back to the browser. */
const withoutSecrets = ({ fields }: Entity, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fields[name]?.kind === "password" ? "" : value]),
  );

const nameIn = ({ label }: Entity, values: Values): string => String(values[label] ?? "").trim();

/** Adds a record from a posted form, and leads back to the list. */
export async function addFrom(entity: Entity, principal: Principal, form: FormData): Promise<FormState<Values>> {
  const ctx = await contextOf(principal);
  const values = posted(ctx, entity, form);
  try {
    await createRecord(ctx, entity, parseInput(editingOf(entity).schema, values));
  } catch (error) {
    return formStateOf(error, withoutSecrets(entity, values));
  }
  await setFlash({ kind: "status", key: "created", params: { name: nameIn(entity, values) } });
  redirect(carriedBy(form, pathOf(entity)).backHref);
}

/**
 * Saves a posted form, and leads back to the list as it was left. Where somebody else was faster, the answer holds the
 * newer values, and the version with which the form may be sent again by whoever has seen them.
 */
export async function saveFrom(entity: Entity, principal: Principal, form: FormData): Promise<FormState<Values>> {
  const ctx = await contextOf(principal);
  const values = posted(ctx, entity, form);
  const { id, version, backHref } = carriedBy(form, pathOf(entity));
  try {
    await updateRecord(ctx, entity, id, version, parseInput(editingOf(entity).schema, values));
  } catch (error) {
    const state = formStateOf(error, withoutSecrets(entity, values));
    if (state.problem?.key !== "stale") return state;
    const newer = await getRecord(ctx, entity, id);
    return { ...state, newer: { version: newer.version, values: withoutSecrets(entity, newer.values) } };
  }
  await setFlash({ kind: "status", key: "saved", params: { name: nameIn(entity, values) } });
  redirect(backHref);
}

/** Deletes the record of a posted form, and leads back to the list as it was left. */
export async function deleteFrom(entity: Entity, principal: Principal, form: FormData): Promise<FormState<Values>> {
  const ctx = await contextOf(principal);
  const { id, backHref } = carriedBy(form, pathOf(entity));
  let label = "";
  try {
    label = (await getRecord(ctx, entity, id)).label;
    await deleteRecord(ctx, entity, id);
  } catch (error) {
    // Gone already, which is what was wanted; the list shows it.
    if (!(error instanceof NotFound)) return formStateOf(error, {});
    redirect(backHref);
  }
  await setFlash({ kind: "status", key: "deleted", params: { name: label } });
  redirect(backHref);
}

/** Everything that the list at this address shows; nothing where the address is none of the list's. */
function wholeOf(ctx: Context, entity: Entity, from: string, asOf: string): BulkOrder["selection"] {
  const path = pathOf(entity);
  const listed = backTo(from, path);
  // What is not understood must not become "all without a filter".
  if (listed === path && from !== path) return { ids: [] };
  const params = Object.fromEntries(new URLSearchParams(listed.split("?")[1] ?? ""));
  return { query: parseListQuery(params, listFieldsOf(ctx, entity)), asOf };
}

/** A selection as its page or form carries it: ids that were ticked, or `all` with the list's address and the moment. */
export function bulkOrderIn(ctx: Context, entity: Entity, read: (name: string) => string[]): BulkOrder {
  const single = (name: string) => read(name)[0] ?? "";
  const isWhole = single("all") === "true";
  const selection = isWhole ? wholeOf(ctx, entity, single("from"), single("asOf")) : { ids: read("ids") };
  return { action: single("action"), chosen: single("chosen"), selection };
}

/** Reasons kept of a long run; the counts go on. */
const MAX_REFUSALS = 200;

const stateSchema = z.object({
  changed: z.number(),
  unchanged: z.number(),
  refusedCount: z.number(),
  refused: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      problem: z.object({
        key: z.string(),
        params: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
        href: z.optional(z.string()),
      }),
    }),
  ),
  cursor: z.string(),
  isDone: z.boolean(),
});

/** The state comes back from the browser, which can send anything; what is none is a new one. */
function knownState(state: unknown): BulkState {
  const { data } = stateSchema.safeParse(state);
  return (data as BulkState | undefined) ?? newBulkState;
}

/** Does the next batch of a bulk action. Called again and again by the page; without scripts, by a button. */
export async function bulkFrom(
  entity: Entity,
  principal: Principal,
  state: BulkState,
  form: FormData,
): Promise<BulkState> {
  const ctx = await contextOf(principal);
  const before = knownState(state);
  try {
    const order = bulkOrderIn(ctx, entity, (name) => texts(form, name));
    const step = await bulkStep(ctx, entity, order, before.cursor);
    return {
      changed: before.changed + step.changed,
      unchanged: before.unchanged + step.unchanged,
      refusedCount: before.refusedCount + step.refused.length,
      refused: [...before.refused, ...step.refused].slice(0, MAX_REFUSALS),
      cursor: step.cursor ?? before.cursor,
      isDone: step.cursor === undefined,
    };
  } catch (error) {
    const { problem } = formStateOf(error, {});
    return { ...before, ...(problem && { problem }) };
  }
}
