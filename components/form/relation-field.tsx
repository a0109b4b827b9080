"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { type Control, type FieldValues, type Path, useController } from "react-hook-form";
import { MultiCombobox } from "@/components/ui/multi-combobox";
import type { Choice } from "@/lib/crud/form-fields";
import type { Problem } from "@/lib/errors";
import { errorId, FieldNotes } from "./field";
import { useProblemText } from "./problem";

type RelationFieldProps<Values extends FieldValues> = {
  control: Control<Values>;
  name: Path<Values>;
  label: string;
  options: Choice[];
  /** Where more can be searched for than is listed: the list of the API. */
  searchPath?: string;
  /** The selection that the page was rendered with, for browsers without scripts. */
  initial: string[];
  problem: Problem | undefined;
};

type Found = { items: { id: string; name?: string; loginId?: string; token?: string }[] };

/** The listed choices, and those found elsewhere for what is typed. */
function useChoices(listed: Choice[], searchPath: string | undefined) {
  const [found, setFound] = useState<Choice[]>([]);
  const search = async (text: string) => {
    if (!searchPath || text.trim().length < 2) return;
    const response = await fetch(`${searchPath}?size=50&q=${encodeURIComponent(text)}`).catch(() => undefined);
    if (!response?.ok) return;
    const { items } = (await response.json()) as Found;
    setFound((before) => {
      const fresh = items.filter(({ id }) => ![...listed, ...before].some((known) => known.id === id));
      return [
        ...before,
        ...fresh.map(({ id, ...names }) => ({ id, label: names.name ?? names.loginId ?? names.token ?? id })),
      ];
    });
  };
  return { choices: [...listed, ...found], search };
}

/** Choose any number of records. Without scripts it is a plain list to select from. */
export function RelationField<Values extends FieldValues>({
  control,
  name,
  label,
  options,
  initial,
  problem,
  searchPath,
}: RelationFieldProps<Values>) {
  const t = useTranslations("form");
  const { field } = useController({ control, name });
  const reasonText = useProblemText();
  const { choices, search } = useChoices(options, searchPath);
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
          options={choices.map(({ reason, ...choice }) => ({ ...choice, ...(reason && { note: reasonText(reason) }) }))}
          onSearch={search}
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
            <option key={option.id} value={option.id} disabled={option.reason !== undefined}>
              {option.label}
            </option>
          ))}
        </select>
      </label>
      <FieldNotes name={name} problem={problem} />
    </div>
  );
}
