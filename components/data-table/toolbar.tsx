"use client";

import { ListFilter, Search } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type FormEvent, useEffect, useRef } from "react";
import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { formatFilter, formatSort, type ListFields, type ListQuery, parseListQuery } from "@/lib/crud/list-query";
import { ColumnsMenu } from "./columns-menu";
import type { Column } from "./data-table";
import { ExportMenu } from "./export-menu";
import { FilterChips } from "./filter-chips";
import { type Filter, FilterControl } from "./filters";

/** Sorting where there are no column headers; on wide screens it only carries the sort through the form. */
function SortSelect({ query, columns, onQuery }: Pick<ToolbarProps, "query" | "columns" | "onQuery">) {
  const t = useTranslations("list");
  const current = formatSort(query.sort);
  const choices = columns
    .filter(({ isSortable }) => isSortable)
    .flatMap(({ id, label }) => [
      { value: id, label: t("ascending", { field: label }) },
      { value: `-${id}`, label: t("descending", { field: label }) },
    ]);
  const isListed = current === "" || choices.some(({ value }) => value === current);
  const sortBy = (value: string) =>
    onQuery({
      ...query,
      page: 1,
      sort: value === "" ? [] : [{ field: value.replace(/^-/, ""), descending: value.startsWith("-") }],
    });
  return (
    <div className="mt-2 md:hidden">
      <NativeSelect
        name="sort"
        aria-label={t("sortBy")}
        className="w-full"
        value={current}
        onChange={(event) => sortBy(event.target.value)}
      >
        <option value="">{t("sortDefault")}</option>
        {!isListed && <option value={current}>{t("sortSeveral")}</option>}
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}

type ToolbarProps = {
  path: string;
  query: ListQuery;
  fields: ListFields;
  filters: Filter[];
  columns: Column[];
  allColumns: { id: string; label: string }[];
  isExportable: boolean;
  onQuery: (query: ListQuery) => void;
};

/** What the controls of the form hold when the list is in the state `query`. */
function controlValues(query: ListQuery, filters: Filter[]): Record<string, string> {
  const values: Record<string, string> = { q: query.q };
  for (const { id, kind } of filters) {
    const value = query.filters[id];
    if (kind === "dateRange") {
      const range = typeof value === "object" ? value : { from: "", to: "" };
      values[`${id}From`] = range.from;
      values[`${id}To`] = range.to;
    } else values[id] = value === undefined ? "" : formatFilter(value);
  }
  return values;
}

/** Search and filters, as one form that leads to the list's address with or without scripts. */
export function Toolbar(props: ToolbarProps) {
  const { path, query, fields, filters, columns, allColumns, isExportable, onQuery } = props;
  const t = useTranslations("list");
  const form = useRef<HTMLFormElement>(null);
  const activeCount = Object.keys(query.filters).length;

  // Back and forward change the address without rendering new inputs. Compared as text, so that what is being typed
  // outlives a mere refresh of the same list.
  const applied = JSON.stringify(controlValues(query, filters));
  const shown = useRef(applied);
  useEffect(() => {
    // Not at first: the inputs came with these values, and somebody may have typed before the scripts were there.
    if (shown.current === applied) return;
    shown.current = applied;
    for (const [name, value] of Object.entries(JSON.parse(applied) as Record<string, string>)) {
      const control = form.current?.elements.namedItem(name);
      if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = value;
    }
  }, [applied]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]);
    const { cols, size } = query;
    onQuery({ ...parseListQuery(Object.fromEntries(typed), fields), size, ...(cols && { cols }) });
  };

  return (
    <div className="relative border-b p-3">
      <div className="absolute top-3 right-3 flex gap-2">
        {allColumns.length > 0 && (
          <ColumnsMenu
            path={path}
            query={query}
            all={allColumns}
            shown={columns.map(({ id }) => id)}
            onQuery={onQuery}
          />
        )}
        {isExportable && <ExportMenu path={path} query={query} />}
      </div>
      <form ref={form} method="get" action={path} onSubmit={submit}>
        <input type="hidden" name="size" value={query.size} />
        {query.cols && <input type="hidden" name="cols" value={query.cols.join(",")} />}
        <div className="flex gap-2 pr-24 sm:pr-64">
          <div className="relative min-w-0 flex-1 sm:max-w-sm">
            <Search className="absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground" aria-hidden />
            <Input
              type="search"
              name="q"
              aria-label={t("search")}
              placeholder={t("searchPlaceholder")}
              defaultValue={query.q}
              maxLength={200}
              className="pl-9"
            />
          </div>
          <Button type="submit" variant="outline" size="compact">
            <Search className="sm:hidden" aria-hidden />
            <span className="max-sm:sr-only">{t("search")}</span>
          </Button>
        </div>
        <SortSelect query={query} columns={columns} onQuery={onQuery} />
        {filters.length > 0 && (
          <details className="mt-2">
            <summary className="inline-flex min-h-8 items-center gap-2 rounded-md px-2 text-sm font-medium hover:bg-muted">
              <ListFilter className="size-4" aria-hidden />
              {t("filters")}
              {activeCount > 0 && <Badge tone="accent">{t("filtersActive", { count: activeCount })}</Badge>}
            </summary>
            <div className="mt-2 grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
              {filters.map((filter) => (
                <FilterControl key={filter.id} filter={filter} value={query.filters[filter.id]} />
              ))}
              <div className="flex gap-2">
                <Button type="submit">{t("apply")}</Button>
                <Link href={path} className={buttonClass({ variant: "ghost" })}>
                  {t("reset")}
                </Link>
              </div>
            </div>
          </details>
        )}
      </form>
      <FilterChips path={path} query={query} filters={filters} />
    </div>
  );
}
