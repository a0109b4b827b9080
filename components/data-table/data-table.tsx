"use client";
"use no memo";

import {
  createColumnHelper,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/cn";
import type { ListQuery } from "@/lib/crud/list-query";
import { Cell, type CellKind, type CellValue } from "./cell";
import { RowActions } from "./row-actions";
import { SortButton } from "./sort-button";

export type Column = { id: string; label: string; kind: CellKind; isSortable: boolean };

export type Row = {
  id: string;
  /** What a person calls this row, for the names of its actions. */
  name: string;
  /** Where it is looked at; its name leads there. */
  href?: string;
  /** Where it is edited and deleted; absent where it may not be. */
  editHref?: string;
  deleteHref?: string;
  /** Why it may be neither. */
  locked?: string;
  /** Further controls of this row. */
  extra?: ReactNode;
  cells: Record<string, CellValue>;
};

/** Ticking rows: the checkboxes belong to a form elsewhere on the page. */
export type Selecting = {
  formId: string;
  chosen: ReadonlySet<string>;
  /** Everything is chosen, also on other pages. */
  isWhole: boolean;
  toggle: (ids: string[], on: boolean) => void;
};

type DataTableProps = {
  caption: string;
  columns: Column[];
  rows: Row[];
  sort: ListQuery["sort"];
  /** Id of the form that carries the rest of the list's state when there are no scripts. */
  sortFormId: string;
  onSort: (sort: ListQuery["sort"]) => void;
  selecting?: Selecting | undefined;
  onDelete?: ((row: Row) => void) | undefined;
};

// The server has sorted and cut already: the table only keeps columns and rows together.
const features = tableFeatures({ rowSortingFeature });
const helper = createColumnHelper<typeof features, Row>();

const toSortingState = (sort: ListQuery["sort"]): SortingState =>
  sort.map(({ field, descending }) => ({ id: field, desc: descending }));

const isEmpty = (value: CellValue) => value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** The first cell names the row and leads to it. */
function RowName({ row, kind, value }: { row: Row; kind: CellKind; value: CellValue }) {
  if (!row.href) return <Cell kind={kind} value={value} />;
  return (
    <Link
      href={row.href}
      prefetch={false}
      className="font-medium text-primary hover:underline max-md:break-all md:whitespace-nowrap"
    >
      {row.name}
    </Link>
  );
}

/** A table on wide screens and a list of cards on narrow ones: the same rows, laid out by CSS. */
export function DataTable({ caption, columns, rows, sort, sortFormId, onSort, selecting, onDelete }: DataTableProps) {
  const t = useTranslations("list");
  const table = useTable({
    features,
    columns: helper.columns(
      columns.map((column) =>
        helper.accessor((row) => row.cells[column.id] ?? null, { id: column.id, header: column.label }),
      ),
    ),
    data: rows,
    getRowId: (row) => row.id,
    manualSorting: true,
    state: { sorting: toSortingState(sort) },
  });
  const hasActions = rows.some(({ editHref, deleteHref, locked, extra }) => editHref ?? deleteHref ?? locked ?? extra);
  const pageIds = rows.map(({ id }) => id);
  const isChosen = (id: string) => selecting?.isWhole === true || selecting?.chosen.has(id) === true;
  const columnOf = (id: string) => columns.find((column) => column.id === id);
  return (
    // Explicit roles: the card layout changes `display`, which would take the table's meaning away from screen readers.
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table role="table" className="w-full text-sm max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="border-b text-left text-muted-foreground max-md:sr-only">
        {table.getHeaderGroups().map((group) => (
          <tr role="row" key={group.id}>
            {selecting && (
              <th role="columnheader" scope="col" className="w-10 py-2 pl-4">
                <Checkbox
                  aria-label={t("selectPage")}
                  className="hidden scripting:block"
                  disabled={selecting.isWhole}
                  checked={pageIds.every(isChosen)}
                  onChange={(event) => selecting.toggle(pageIds, event.target.checked)}
                />
              </th>
            )}
            {group.headers.map((header) => {
              const column = columnOf(header.column.id);
              const direction = header.column.getIsSorted();
              if (!column) return null;
              return (
                <th
                  role="columnheader"
                  scope="col"
                  key={header.id}
                  aria-sort={direction === false ? undefined : direction === "asc" ? "ascending" : "descending"}
                  className="px-2.5 py-2 font-medium whitespace-nowrap first:pl-4"
                >
                  {column.isSortable ? (
                    <SortButton id={column.id} label={column.label} sort={sort} formId={sortFormId} onSort={onSort} />
                  ) : (
                    column.label
                  )}
                </th>
              );
            })}
            {hasActions && (
              <th role="columnheader" scope="col" className="px-2.5 py-2">
                <span className="sr-only">{t("actions")}</span>
              </th>
            )}
          </tr>
        ))}
      </thead>
      <tbody role="rowgroup" className="max-md:block">
        {table.getRowModel().rows.map((row) => (
          <tr
            role="row"
            key={row.id}
            className="relative border-b last:border-b-0 hover:bg-muted/40 max-md:block max-md:px-4 max-md:py-3"
          >
            {selecting && (
              <td
                role="cell"
                className="w-10 py-2.5 pl-4 align-top max-md:absolute max-md:top-3 max-md:right-4 max-md:w-auto max-md:p-0"
              >
                <Checkbox
                  form={selecting.formId}
                  name="ids"
                  value={row.id}
                  aria-label={t("selectNamed", { name: row.original.name })}
                  className="mt-0.5 max-md:size-5"
                  disabled={selecting.isWhole}
                  checked={isChosen(row.id)}
                  onChange={(event) => selecting.toggle([row.id], event.target.checked)}
                />
              </td>
            )}
            {row.getAllCells().map((cell, index) => {
              const column = columnOf(cell.column.id);
              if (!column) return null;
              const value = row.original.cells[column.id] ?? null;
              return index === 0 ? (
                <td
                  role="cell"
                  key={cell.id}
                  className={cn(
                    "py-2.5 pr-2.5 align-top max-md:block max-md:p-0 max-md:pb-1",
                    selecting ? "pl-2.5 max-md:pr-8" : "pl-4",
                  )}
                >
                  <RowName row={row.original} kind={column.kind} value={value} />
                </td>
              ) : (
                <td
                  role="cell"
                  key={cell.id}
                  className={cn(
                    "px-2.5 py-2.5 align-top max-md:grid-cols-[8rem_1fr] max-md:items-start max-md:justify-items-start max-md:gap-3 max-md:px-0 max-md:py-0.5",
                    // Cards leave out what is empty; a table keeps its columns.
                    isEmpty(value) ? "max-md:hidden" : "max-md:grid",
                  )}
                >
                  <span className="text-muted-foreground md:hidden" aria-hidden>
                    {column.label}
                  </span>
                  <Cell kind={column.kind} value={value} />
                </td>
              );
            })}
            {hasActions && (
              <td
                role="cell"
                className="px-2.5 py-1 text-right align-top whitespace-nowrap max-md:-mx-2.5 max-md:block max-md:p-0 max-md:text-left"
              >
                <RowActions row={row.original} onDelete={onDelete} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}
