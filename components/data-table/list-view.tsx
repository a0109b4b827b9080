"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useOptimistic, useTransition } from "react";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { type ListFields, type ListQuery, listHref, listParams } from "@/lib/crud/list-query";
import { type Column, DataTable, type Row } from "./data-table";
import type { Filter } from "./filters";
import { Pagination } from "./pagination";
import { Toolbar } from "./toolbar";

export type ListViewProps = {
  caption: string;
  path: string;
  query: ListQuery;
  fields: ListFields;
  columns: Column[];
  filters: Filter[];
  rows: Row[];
  total: number;
  totalIsEstimate: boolean;
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

/** A list whose whole state is its address. With scripts the address changes in place; without, forms and links do it. */
export function ListView(props: ListViewProps) {
  const { caption, path, fields, columns, filters, rows, total, totalIsEstimate, empty } = props;
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const sortFormId = useId();
  // What was asked for counts at once, so that a second click builds on the first and not on what is still shown.
  const [query, setQuery] = useOptimistic(props.query);
  const go = (next: ListQuery) =>
    startTransition(() => {
      setQuery(next);
      router.push(listHref(path, next), { scroll: false });
    });
  return (
    <Card>
      <Toolbar path={path} query={query} fields={fields} filters={filters} columns={columns} onQuery={go} />
      <form id={sortFormId} method="get" action={path}>
        {listParams({ ...query, page: 1, sort: [] }).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
      </form>
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
          />
        )}
      </div>
      <Pagination
        path={path}
        query={query}
        total={total}
        totalIsEstimate={totalIsEstimate}
        isFull={rows.length === props.query.size}
        onQuery={go}
      />
    </Card>
  );
}
