"use client";

import type { ComponentType } from "react";
import type { $ZodType } from "zod/v4/core";
import { Carried } from "@/components/form/carried";
import { FormFooter } from "@/components/form/form-footer";
import { FormSection } from "@/components/form/form-section";
import { ProblemText } from "@/components/form/problem";
import { useActionForm } from "@/components/form/use-action-form";
import { useUnsavedGuard } from "@/components/form/use-unsaved-guard";
import { Alert } from "@/components/ui/alert";
import type { Values } from "@/lib/crud/entity";
import type { FormState } from "@/lib/crud/form-state";
import type { Problem } from "@/lib/errors";
import { EntityField, type EntityFieldProps, type WordedField } from "./entity-field";
import { NewerValues } from "./newer-values";

export type WordedSection = { section: string; title: string; text?: string; fields: WordedField[] };

/** What the pages hand to the form of any entity; the entity's own part is its schema. */
export type EntityFormProps = {
  action: (state: FormState<Values>, form: FormData) => Promise<FormState<Values>>;
  sections: WordedSection[];
  defaults: Values;
  /** Id, version and way back of the record; no id for a new one. */
  carried: { id?: string; version?: number; from?: string };
  submit: string;
  /** Why the record may not be changed at all. */
  reason?: Problem;
};

/**
 * The form of an entity, drawn from its definition. The schema cannot travel from the server to the browser, so each
 * entity has a file of three lines that brings it.
 */
export function EntityForm({
  schema,
  custom = {},
  ...props
}: EntityFormProps & {
  schema: unknown;
  /** Controls of an entity's own, by field, in place of those that the kinds have. */
  custom?: Record<string, ComponentType<EntityFieldProps>>;
}) {
  const actionForm = useActionForm<Values>({
    schema: schema as $ZodType<Values, Values>,
    defaults: props.defaults,
    action: props.action,
  });
  const { form, formProps, isPending, formProblem, newer } = actionForm;
  useUnsavedGuard(form.formState.isDirty && !isPending);
  const problem = props.reason ?? formProblem;
  const fields = props.sections.flatMap((section) => section.fields);
  return (
    <form {...formProps} className="grid max-w-3xl gap-5">
      <Carried values={{ ...props.carried, ...(newer && { version: newer.version }) }} />
      {problem && (
        <Alert kind="alert">
          <ProblemText problem={problem} />
        </Alert>
      )}
      {newer && <NewerValues fields={fields} newer={newer.values} form={form} />}
      <fieldset disabled={props.reason !== undefined} className="grid min-w-0 gap-5">
        {props.sections.map(({ section, title, text, fields: inSection }) => (
          <FormSection key={section} title={title} {...(text && { text })}>
            {inSection.map((field) => {
              const Control = custom[field.name] ?? EntityField;
              return <Control key={field.name} field={field} form={actionForm} />;
            })}
          </FormSection>
        ))}
      </fieldset>
      <FormFooter
        submit={props.submit}
        cancelHref={props.carried.from ?? "/"}
        isPending={isPending}
        canSubmit={props.reason === undefined}
      />
    </form>
  );
}
