"use client";

import { useWatch } from "react-hook-form";
import type { $ZodType } from "zod/v4/core";
import { Carried } from "@/components/form/carried";
import { describedBy, Field } from "@/components/form/field";
import { FormFooter } from "@/components/form/form-footer";
import { FormSection } from "@/components/form/form-section";
import { PermissionField, type PermissionOption } from "@/components/form/permission-field";
import { ProblemText } from "@/components/form/problem";
import { RelationField } from "@/components/form/relation-field";
import { useActionForm } from "@/components/form/use-action-form";
import { Alert } from "@/components/ui/alert";
import { Input } from "@/components/ui/input";
import type { ComboboxOption } from "@/components/ui/multi-combobox";
import { bundleSchema } from "@/lib/bundles/schema";
import type { FormState } from "@/lib/crud/form-state";
import { groupSchema } from "@/lib/groups/schema";

export type NamedValues = { name: string; bundleIds?: string[]; permissionIds: string[] };

type NamedFormProps = {
  action: (state: FormState<NamedValues>, form: FormData) => Promise<FormState<NamedValues>>;
  defaults: NamedValues;
  carried: { id?: string; version?: number; from?: string };
  backHref: string;
  title: string;
  submit: string;
  labels: { name: string; bundleIds?: string; permissionIds: string };
  /** Absent for bundles, which hold permissions only. */
  bundles?: ComboboxOption[];
  permissions: PermissionOption[];
};

/** The form of groups and bundles: a name and what it grants. */
export function NamedForm(props: NamedFormProps) {
  const { labels, bundles } = props;
  const { form, formProps, isPending, formProblem, initial, problemOf } = useActionForm<NamedValues>({
    schema: (bundles ? groupSchema : bundleSchema) as $ZodType<NamedValues, NamedValues>,
    defaults: props.defaults,
    action: props.action,
  });
  const { register, control } = form;
  const chosenPermissions = useWatch({ control, name: "permissionIds" });
  return (
    <form {...formProps} className="grid max-w-3xl gap-5">
      <Carried values={props.carried} />
      {formProblem && (
        <Alert kind="alert">
          <ProblemText problem={formProblem} />
        </Alert>
      )}
      <FormSection title={props.title}>
        <Field name="name" label={labels.name} problem={problemOf("name")}>
          <Input
            {...register("name")}
            id="name"
            defaultValue={initial.name}
            autoComplete="off"
            required
            aria-invalid={problemOf("name") !== undefined}
            aria-describedby={describedBy("name", undefined, problemOf("name"))}
          />
        </Field>
        {bundles && (
          <RelationField
            control={control}
            name="bundleIds"
            label={labels.bundleIds ?? ""}
            options={bundles}
            initial={initial.bundleIds ?? []}
            problem={problemOf("bundleIds")}
          />
        )}
        <PermissionField
          label={labels.permissionIds}
          permissions={props.permissions}
          registration={register("permissionIds")}
          initial={initial.permissionIds}
          chosenCount={chosenPermissions.length}
          problem={problemOf("permissionIds")}
        />
      </FormSection>
      <FormFooter submit={props.submit} cancelHref={props.backHref} isPending={isPending} />
    </form>
  );
}
