"use client";

import { useTranslations } from "next-intl";
import { type Control, type FieldValues, type Path, useController } from "react-hook-form";
import { type ComboboxOption, MultiCombobox } from "@/components/ui/multi-combobox";
import type { Problem } from "@/lib/errors";
import { errorId, FieldNotes } from "./field";

type RelationFieldProps<Values extends FieldValues> = {
  control: Control<Values>;
  name: Path<Values>;
  label: string;
  options: ComboboxOption[];
  /** The selection that the page was rendered with, for browsers without scripts. */
  initial: string[];
  problem: Problem | undefined;
};

/** Choose any number of records. Without scripts it is a plain list to select from. */
export function RelationField<Values extends FieldValues>({
  control,
  name,
  label,
  options,
  initial,
  problem,
}: RelationFieldProps<Values>) {
  const t = useTranslations("form");
  const { field } = useController({ control, name });
  const texts = {
    placeholder: t("choose"),
    empty: t("none"),
    open: t("open"),
    remove: (chosen: string) => t("remove", { name: chosen }),
  };
  return (
    <div>
      <div className="hidden scripting:block">
        <MultiCombobox
          label={label}
          options={options}
          value={field.value as string[]}
          onChange={field.onChange}
          texts={texts}
          isInvalid={problem !== undefined}
          {...(problem && { describedBy: errorId(name) })}
        />
      </div>
      <label className="block scripting:hidden">
        <span className="mb-1.5 block text-sm font-medium">{label}</span>
        <select
          multiple
          name={name}
          defaultValue={initial}
          className="w-full rounded-md border border-input bg-card p-1"
        >
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.label}
            </option>
          ))}
        </select>
      </label>
      <FieldNotes name={name} problem={problem} />
    </div>
  );
}
