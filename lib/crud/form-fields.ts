import type { Context } from "@/lib/context";
import type { Problem } from "@/lib/errors";
import { type Entity, editingOf, type Field, visibleFields } from "./entity";
import type { CrudRecord } from "./record";
import { relationOptions } from "./relations";

/** One thing to choose; `reason` says why the actor may not add it. */
export type Choice = { id: string; label: string; reason?: Problem };

/** A control of an entity's form, without its words. */
export type FormField = {
  name: string;
  kind: Field["kind"];
  isRequired: boolean;
  /** Why it cannot be changed here. */
  reason?: Problem;
  choices?: Choice[];
  /** Where to search for more choices than are listed. */
  searchPath?: string;
};

async function relationChoices(ctx: Context, entity: Entity, name: string, { relation }: Field, held: string[]) {
  if (!relation) return {};
  const { options, hasMore } = await relationOptions(ctx.db, relation, held);
  const addable = options.map(({ id }) => id).filter((id) => !held.includes(id));
  const reasons = await entity.choiceRules?.(ctx, name, addable);
  const choices = options.map((option): Choice => {
    const reason = reasons?.get(option.id);
    return { ...option, ...(reason && { reason }) };
  });
  return { choices, ...(hasMore && { searchPath: `/api/${relation.entity}` }) };
}

/** The sections of an entity's form with the controls that the actor sees, for a new record or for `record`. */
export async function formSections(
  ctx: Context,
  entity: Entity,
  record?: CrudRecord,
): Promise<{ section: string; fields: FormField[] }[]> {
  const visible = new Map(visibleFields(ctx, entity));
  const reasons = (await entity.fieldRules?.(ctx, record)) ?? {};
  const fieldOf = async (name: string): Promise<FormField[]> => {
    const field = visible.get(name);
    if (!field || field.isOnForm?.(record ? "existing" : "new") === false) return [];
    const { kind, isRequired = false, choices } = field;
    const reason = reasons[name];
    const held = (record?.values[name] ?? []) as string[];
    return [
      {
        name,
        kind,
        isRequired,
        ...(reason && { reason }),
        ...(choices && { choices: choices.map((id) => ({ id, label: id })) }),
        ...(await relationChoices(ctx, entity, name, field, held)),
      },
    ];
  };
  return Promise.all(
    Object.entries(editingOf(entity).form).map(async ([section, names]) => ({
      section,
      fields: (await Promise.all(names.map(fieldOf))).flat(),
    })),
  );
}
