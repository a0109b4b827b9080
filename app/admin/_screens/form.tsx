import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { ComponentType, ReactNode } from "react";
import { setPreference } from "@/app/preferences";
import type { EntityFormProps, WordedSection } from "@/components/crud/entity-form";
import { FormPage } from "@/components/crud/form-page";
import { contextOf } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import type { Principal } from "@/lib/auth/principal";
import type { Context } from "@/lib/context";
import { backTo } from "@/lib/crud/carried";
import { editingOf, type Values } from "@/lib/crud/entity";
import { type FormField, formSections } from "@/lib/crud/form-fields";
import type { SearchParams } from "@/lib/crud/list-query";
import { type CrudRecord, getRecord } from "@/lib/crud/record";
import type { AdminEntity, EntityTexts } from "@/lib/entities";
import { describedPermissions } from "@/lib/permissions/described";
import { RecordTabs } from "./record-tabs";

/** What an entity's page knows better than its definition, by field: another hint, a keyboard, a required mark. */
export type FieldWords = Record<
  string,
  { label?: string; hint?: string; inputMode?: "email" | "text"; isRequired?: boolean }
>;

type FormScreenProps = {
  entity: AdminEntity;
  principal: Principal;
  searchParams: SearchParams;
  action: EntityFormProps["action"];
  Form: ComponentType<EntityFormProps>;
  words?: FieldWords;
  /** What a new record's form begins with, where that is not what the verbs take for granted. */
  initial?: Values;
};

async function worded(ctx: Context, field: FormField, t: EntityTexts, words: FieldWords) {
  const { name, kind, choices } = field;
  const hintKey = `hints.${name}`;
  const permissions = kind === "permissions" ? await describedPermissions(ctx) : [];
  return {
    ...field,
    label: t(`fields.${name}`),
    ...(t.has(hintKey) && { hint: t(hintKey) }),
    ...(kind === "choice" &&
      choices && { choices: choices.map(({ id }) => ({ id, label: t(`choices.${name}.${id}`) })) }),
    ...(kind === "permissions" && {
      descriptions: Object.fromEntries(permissions.map(({ id, description }) => [id, description])),
    }),
    ...words[name],
  };
}

async function sectionsOf(
  ctx: Context,
  { definition }: AdminEntity,
  t: EntityTexts,
  words: FieldWords,
  record?: CrudRecord,
): Promise<WordedSection[]> {
  const sections = await formSections(ctx, definition, record);
  return Promise.all(
    sections.map(async ({ section, fields }) => ({
      section,
      title: t(`sections.${section}`),
      ...(t.has(`sectionTexts.${section}`) && { text: t(`sectionTexts.${section}`) }),
      fields: await Promise.all(fields.map((field) => worded(ctx, field, t, words))),
    })),
  );
}

/** Only what the form shows: what it does not show is not sent, and keeps its value. */
const shownValues = (sections: WordedSection[], values: Record<string, unknown>) =>
  Object.fromEntries(sections.flatMap(({ fields }) => fields.map(({ name }) => [name, values[name]])));

/** The page that adds a record. */
export async function AddScreen({
  entity,
  principal,
  searchParams,
  action,
  Form,
  words = {},
  initial,
}: FormScreenProps) {
  const { definition, texts } = entity;
  const path = `/admin/${definition.name}`;
  const ctx = await contextOf(principal);
  const t = await texts();
  const sections = await sectionsOf(ctx, entity, t, words);
  return (
    <FormPage principal={principal} setPreference={setPreference} here={path} title={t("addTitle")}>
      <Form
        action={action}
        sections={sections}
        defaults={shownValues(sections, { ...editingOf(definition).defaults, ...initial })}
        carried={{ from: backTo(searchParams.from, path) }}
        submit={t("add")}
      />
    </FormPage>
  );
}

/** The page that changes a record; where the actor may not, it shows the values and says why. */
export async function EditScreen(props: FormScreenProps & { id: string; notice?: ReactNode }) {
  const { entity, principal, id, searchParams, action, Form, words = {}, notice } = props;
  const { definition, texts } = entity;
  if (!definition.editing) notFound();
  const path = `/admin/${definition.name}`;
  const ctx = await contextOf(principal);
  const record = await orNotFound(getRecord(ctx, definition, id));
  const t = await texts();
  const tForm = await getTranslations("form");
  const sections = await sectionsOf(ctx, entity, t, words, record);
  const reason = definition.rowRule?.(ctx, record.row, "edit");
  const from = backTo(searchParams.from, path);
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here={path}
      title={t("editTitle", { name: record.label })}
      tabs={<RecordTabs entity={definition} id={id} here="edit" from={from} principal={principal} />}
    >
      {notice}
      <Form
        // After a save by somebody else and a reload, the form begins anew.
        key={record.version}
        action={action}
        sections={sections}
        defaults={shownValues(sections, record.values)}
        carried={{ id, version: record.version, from }}
        submit={tForm("save")}
        {...(reason && { reason })}
      />
    </FormPage>
  );
}
