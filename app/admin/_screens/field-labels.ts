import { getTranslations } from "next-intl/server";
import { type AdminEntity, entities } from "@/lib/entities";

async function ownLabels({ definition, texts }: AdminEntity): Promise<Record<string, string>> {
  const t = await texts();
  const labels = Object.entries(definition.fields).flatMap(([name, { choices = [] }]) => [
    ...(t.has(`fields.${name}`) ? [[name, t(`fields.${name}`)]] : []),
    ...choices.flatMap((value) => {
      const key = `choices.${name}.${value}`;
      return t.has(key) ? [[`${name}.${value}`, t(key)]] : [];
    }),
  ]);
  return Object.fromEntries(labels);
}

/** What audit rows speak of besides the fields of an entity. */
async function accountLabels(): Promise<Record<string, string>> {
  const t = await getTranslations("history.fields");
  return { provider: t("provider"), subject: t("subject"), token: t("token") };
}

/**
 * The words for an entity's fields by name, and for the values of its choices by `name.value`: what the audit rows of its
 * records speak of. An unlocked account is told of in the words for locks.
 */
export async function fieldLabels(entity: AdminEntity): Promise<Record<string, string>> {
  return { ...(await accountLabels()), ...(await ownLabels(entities.locks)), ...(await ownLabels(entity)) };
}

/** The same for every entity, by its name. */
export async function everyFieldLabel(): Promise<Record<string, Record<string, string>>> {
  const named = await Promise.all(
    Object.values(entities).map(async (entity) => [entity.definition.name, await fieldLabels(entity)] as const),
  );
  return Object.fromEntries(named);
}
