"use client";

import { useTranslations } from "next-intl";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { FilterKind, FilterValue } from "@/lib/crud/list-query";

export type Filter = { id: string; label: string; kind: FilterKind; options?: { id: string; label: string }[] };

const labelClass = "mb-1 block text-sm font-medium";

function DateRange({ filter, value }: { filter: Filter; value: FilterValue | undefined }) {
  const t = useTranslations("list");
  const range = typeof value === "object" ? value : { from: "", to: "" };
  return (["from", "to"] as const).map((end) => {
    const name = `${filter.id}${end === "from" ? "From" : "To"}`;
    return (
      <div key={end}>
        <label htmlFor={`filter-${name}`} className={labelClass}>
          {t(end, { field: filter.label })}
        </label>
        <Input id={`filter-${name}`} type="date" name={name} defaultValue={range[end]} />
      </div>
    );
  });
}

/** The control for one filterable field; its name is the field's, so that the form works without scripts. */
export function FilterControl({ filter, value }: { filter: Filter; value: FilterValue | undefined }) {
  const t = useTranslations("list");
  if (filter.kind === "dateRange") return <DateRange filter={filter} value={value} />;
  const id = `filter-${filter.id}`;
  const current = value === undefined ? "" : String(value);
  const choices =
    filter.kind === "boolean"
      ? [
          { id: "true", label: t("yes") },
          { id: "false", label: t("no") },
        ]
      : (filter.options ?? []);
  return (
    <div>
      <label htmlFor={id} className={labelClass}>
        {filter.label}
      </label>
      {filter.kind === "text" ? (
        <Input id={id} name={filter.id} defaultValue={current} maxLength={200} />
      ) : (
        <NativeSelect id={id} name={filter.id} defaultValue={current} className="w-full">
          <option value="">{t("any")}</option>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </NativeSelect>
      )}
    </div>
  );
}
