"use client";

import type { UseFormReturn } from "react-hook-form";
import { CheckboxField } from "@/components/form/checkbox-field";
import { describedBy, Field } from "@/components/form/field";
import { PermissionField } from "@/components/form/permission-field";
import { useProblemText } from "@/components/form/problem";
import { RelationField } from "@/components/form/relation-field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { Textarea } from "@/components/ui/textarea";
import type { Values } from "@/lib/crud/entity";
import type { FormField } from "@/lib/crud/form-fields";
import type { Problem } from "@/lib/errors";

/** A control with its words, and what only the browser needs to know of it. */
export type WordedField = FormField & {
  label: string;
  hint?: string;
  inputMode?: "email" | "text" | "numeric";
  autoComplete?: string;
  /** Texts that belong to the choices, by id. */
  descriptions?: Record<string, string>;
};

export type EntityFieldProps = {
  field: WordedField;
  form: {
    form: UseFormReturn<Values>;
    /** What the page was rendered with, for browsers without scripts. */
    initial: Values;
    problemOf: (name: string) => Problem | undefined;
  };
};

/** The control for one field, by its kind. */
export function EntityField({ field, form: { form, initial, problemOf } }: EntityFieldProps) {
  const reasonText = useProblemText();
  const { name, kind, label, choices = [], isRequired } = field;
  const problem = problemOf(name);
  const hint = field.reason ? reasonText(field.reason) : field.hint;
  const noted = { label, problem, ...(hint !== undefined && { hint }) };
  const registration = form.register(name);
  const described = {
    id: name,
    "aria-invalid": problem !== undefined,
    "aria-describedby": describedBy(name, hint, problem),
    required: isRequired,
    // Read-only, not disabled: what is disabled is not sent, and would look cleared.
    readOnly: field.reason !== undefined,
  };
  const text = String(initial[name] ?? "");
  switch (kind) {
    case "boolean":
      return (
        <CheckboxField
          {...noted}
          registration={registration}
          initial={initial[name] === true}
          isFixed={field.reason !== undefined}
        />
      );
    case "relation":
      return (
        <RelationField
          control={form.control}
          name={name}
          label={label}
          options={choices}
          initial={(initial[name] ?? []) as string[]}
          problem={problem}
          {...(field.searchPath && { searchPath: field.searchPath })}
        />
      );
    case "permissions":
      return (
        <PermissionField
          label={label}
          choices={choices}
          descriptions={field.descriptions ?? {}}
          registration={registration}
          initial={(initial[name] ?? []) as string[]}
          control={form.control}
          problem={problem}
        />
      );
    case "choice":
      return (
        <Field name={name} {...noted}>
          <NativeSelect {...registration} {...described} defaultValue={text} className="w-full max-w-xs">
            {!isRequired && <option value="" />}
            {choices.map((choice) => (
              <option key={choice.id} value={choice.id}>
                {choice.label}
              </option>
            ))}
          </NativeSelect>
        </Field>
      );
    case "longText":
      return (
        <Field name={name} {...noted}>
          <Textarea {...registration} {...described} defaultValue={text} rows={5} />
        </Field>
      );
    default:
      return (
        <Field name={name} {...noted}>
          <Input
            {...registration}
            {...described}
            type={kind === "day" ? "date" : kind === "password" ? "password" : "text"}
            defaultValue={text}
            inputMode={field.inputMode}
            autoComplete={kind === "password" ? "new-password" : "off"}
            {...(field.inputMode === "email" && { autoCapitalize: "none", spellCheck: false })}
            className={kind === "day" ? "max-w-48" : undefined}
          />
        </Field>
      );
  }
}
