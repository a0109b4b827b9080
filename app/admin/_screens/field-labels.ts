import type { AdminEntity } from "@/lib/entities";

/** The words for an entity's fields, by name. */
export async function fieldLabels({ definition, texts }: AdminEntity): Promise<Record<string, string>> {
  const t = await texts();
  return Object.fromEntries(
    Object.keys(definition.fields).flatMap((name) => (t.has(`fields.${name}`) ? [[name, t(`fields.${name}`)]] : [])),
  );
}
