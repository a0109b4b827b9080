import { X } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ListQuery, listHref } from "@/lib/crud/list-query";
import type { Filter } from "./filters";

type FilterChipsProps = { path: string; query: ListQuery; filters: Filter[] };

function useValueText() {
  const t = useTranslations("list");
  return ({ options }: Filter, value: ListQuery["filters"][string]): string => {
    if (typeof value === "boolean") return value ? t("yes") : t("no");
    if (typeof value === "object") return `${value.from || "…"} – ${value.to || "…"}`;
    return options?.find(({ id }) => id === value)?.label ?? value;
  };
}

/** What the list is narrowed by, each as a link that takes it away. */
export function FilterChips({ path, query, filters }: FilterChipsProps) {
  const t = useTranslations("list");
  const valueText = useValueText();
  const active = filters.flatMap((filter) => {
    const value = query.filters[filter.id];
    return value === undefined ? [] : [{ filter, text: `${filter.label}: ${valueText(filter, value)}` }];
  });
  if (active.length === 0) return null;
  const without = (id: string): ListQuery => ({
    ...query,
    page: 1,
    filters: Object.fromEntries(Object.entries(query.filters).filter(([name]) => name !== id)),
  });
  return (
    <ul className="mt-2 flex flex-wrap gap-1.5">
      {active.map(({ filter, text }) => (
        <li key={filter.id}>
          <Link
            href={listHref(path, without(filter.id))}
            prefetch={false}
            aria-label={t("filterRemove", { filter: text })}
            className="inline-flex min-h-7 items-center gap-1.5 rounded-full bg-primary-soft px-2.5 text-sm text-primary hover:bg-primary-soft/70"
          >
            {text}
            <X className="size-3.5" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}
