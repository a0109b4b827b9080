import { type AdminEntity, entities } from "@/lib/entities";

/** The words for an entity's fields, by name. */
export async function fieldLabels({ definition, texts }: AdminEntity): Promise<Record<string, string>> {
  const t = await texts();
  return Object.fromEntries(
    Object.keys(definition.fields).flatMap((name) => (t.has(`fields.${name}`) ? [[name, t(`fields.${name}`)]] : [])),
  );
}

/** The same for every entity, by its name. */
export async function everyFieldLabel(): Promise<Record<string, Record<string, string>>> {
  const named = await Promise.all(
    Object.values(entities).map(async (entity) => [entity.definition.name, await fieldLabels(entity)] as const),
  );
  return Object.fromEntries(named);
}
