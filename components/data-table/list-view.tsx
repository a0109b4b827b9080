"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useOptimistic, useState, useTransition } from "react";
import { DeleteDialog, type Deletion } from "@/components/crud/delete-dialog";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { type ListFields, type ListQuery, listHref, listParams } from "@/lib/crud/list-query";
import { type Column, DataTable, type Row, type Selecting } from "./data-table";
import type { Filter } from "./filters";
import { Pagination } from "./pagination";
import { type BulkChoice, SelectionBar } from "./selection-bar";
import { Toolbar } from "./toolbar";

export type ListViewProps = {
  caption: string;
  path: string;
  query: ListQuery;
  fields: ListFields;
  /** The columns to show, in this order. */
  columns: Column[];
  /** Every column that could be shown; absent where there is no choice. */
  allColumns?: { id: string; label: string }[];
  filters: Filter[];
  rows: Row[];
  total: number;
  totalIsEstimate: boolean;
  /** What can be done to many rows; absent where that is nothing. */
  bulkActions?: BulkChoice[];
  /** Absent where the rows cannot be exported. */
  isExportable?: boolean;
  deletion?: Deletion;
  /** Shown when there is nothing at all, as opposed to nothing that matches. */
  empty: { title: string; text: string; add?: { href: string; label: string } };
};

function NothingHere({ query, path, empty }: Pick<ListViewProps, "query" | "path" | "empty">) {
  const t = useTranslations("list");
  const isNarrowed = query.q !== "" || Object.keys(query.filters).length > 0;
  const action = isNarrowed ? { href: path, label: t("reset") } : empty.add;
  return (
    <div className="px-4 py-14 text-center">
      <h2 className="font-medium">{isNarrowed ? t("noMatchTitle") : empty.title}</h2>
      <p className="mt-1 text-sm text-muted-foreground">{isNarrowed ? t("noMatchText") : empty.text}</p>
      {action && (
        <p className="mt-4">
          <Link href={action.href} className={buttonClass({ variant: "outline" })}>
            {action.label}
          </Link>
        </p>
      )}
    </div>
  );
}

/** Which rows are ticked: of this page, or everything that matches. A new list starts with none. */
function useSelection(listed: string, formId: string) {
  const [state, setState] = useState({ listed, chosen: new Set<string>(), isWhole: false });
  const { chosen, isWhole } = state.listed === listed ? state : { chosen: new Set<string>(), isWhole: false };
  const selecting: Selecting = {
    formId,
    chosen,
    isWhole,
    toggle: (ids, on) => {
      const next = new Set(chosen);
      for (const id of ids) on ? next.add(id) : next.delete(id);
      setState({ listed, chosen: next, isWhole: false });
    },
  };
  return { selecting, chooseAll: (whole: boolean) => setState({ listed, chosen: new Set(), isWhole: whole }) };
}

/** How many entries match, in words. */
function useTotal({ total, totalIsEstimate }: { total: number; totalIsEstimate: boolean }): string {
  const t = useTranslations("list");
  return totalIsEstimate ? t("totalAbout", { total }) : t("total", { total });
}

/** A list whose whole state is its address. With scripts the address changes in place; without, forms and links do it. */
export function ListView(props: ListViewProps) {
  const { caption, path, fields, columns, filters, rows, total, totalIsEstimate, empty, bulkActions = [] } = props;
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const [sortFormId, bulkFormId] = [useId(), useId()];
  const [toDelete, setToDelete] = useState<Row>();
  // What was asked for counts at once, so that a second click builds on the first and not on what is still shown.
  const [query, setQuery] = useOptimistic(props.query);
  const { selecting, chooseAll } = useSelection(listHref(path, props.query), bulkFormId);
  const matching = useTotal({ total, totalIsEstimate });
  const go = (next: ListQuery) =>
    startTransition(() => {
      setQuery(next);
      router.push(listHref(path, next), { scroll: false });
    });
  const canSelect = bulkActions.length > 0 && rows.length > 0;
  return (
    <Card>
      <Toolbar
        path={path}
        query={query}
        fields={fields}
        filters={filters}
        columns={columns}
        allColumns={props.allColumns ?? []}
        isExportable={props.isExportable ?? false}
        onQuery={go}
      />
      <form id={sortFormId} method="get" action={path}>
        {listParams({ ...query, page: 1, sort: [] }).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
      </form>
      {canSelect && (
        <SelectionBar
          formId={bulkFormId}
          path={path}
          query={props.query}
          actions={bulkActions}
          chosenCount={selecting.chosen.size}
          isWhole={selecting.isWhole}
          onWhole={chooseAll}
          total={total}
          totalIsEstimate={totalIsEstimate}
        />
      )}
      <div className={cn("overflow-x-auto transition-opacity", isPending && "opacity-60")} aria-busy={isPending}>
        {rows.length === 0 ? (
          <NothingHere query={props.query} path={path} empty={empty} />
        ) : (
          <DataTable
            caption={caption}
            columns={columns}
            rows={rows}
            sort={query.sort}
            sortFormId={sortFormId}
            onSort={(sort) => go({ ...query, sort, page: 1 })}
            selecting={canSelect ? selecting : undefined}
            onDelete={props.deletion && setToDelete}
          />
        )}
      </div>
      <Pagination
        path={path}
        query={query}
        total={total}
        totalIsEstimate={totalIsEstimate}
        matching={matching}
        isFull={rows.length === props.query.size}
        onQuery={go}
      />
      {props.deletion && (
        <DeleteDialog
          deletion={props.deletion}
          record={toDelete}
          from={listHref(path, props.query)}
          onClose={() => setToDelete(undefined)}
        />
      )}
    </Card>
  );
}
