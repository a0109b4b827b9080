"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { MouseEvent } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/native-select";
import { settings } from "@/lib/config/settings";
import { type ListQuery, listHref, listParams } from "@/lib/crud/list-query";

type PaginationProps = {
  path: string;
  query: ListQuery;
  total: number;
  totalIsEstimate: boolean;
  /** Whether this page is full, so that there may be another. */
  isFull: boolean;
  onQuery: (query: ListQuery) => void;
};

export function Pagination({ path, query, total, totalIsEstimate, isFull, onQuery }: PaginationProps) {
  const t = useTranslations("list");
  const pages = Math.max(1, Math.ceil(total / query.size));
  const hasNext = totalIsEstimate ? isFull : query.page < pages;

  const step = (label: string, page: number, isThere: boolean, Icon: typeof ChevronLeft) => {
    const target = { ...query, page };
    const follow = (event: MouseEvent) => {
      // New tab and the like are the browser's business.
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      onQuery(target);
    };
    return isThere ? (
      <Link
        href={listHref(path, target)}
        prefetch={false}
        rel={page < query.page ? "prev" : "next"}
        onClick={follow}
        className={buttonClass({ variant: "outline", size: "compact" })}
      >
        <Icon aria-hidden />
        <span className="max-sm:sr-only">{label}</span>
      </Link>
    ) : (
      // In its place, so that nothing moves under the pointer.
      <Button variant="outline" size="compact" disabled>
        <Icon aria-hidden />
        <span className="max-sm:sr-only">{label}</span>
      </Button>
    );
  };

  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t p-3 text-sm">
      <p role="status" className="text-muted-foreground">
        {totalIsEstimate ? t("totalMore", { total }) : t("total", { total })}
      </p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <form method="get" action={path} className="flex items-center gap-2">
          {listParams({ ...query, page: 1, size: settings.list.pageSize }).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <label htmlFor="page-size" className="whitespace-nowrap text-muted-foreground">
            {t("size")}
          </label>
          <NativeSelect
            id="page-size"
            name="size"
            value={query.size}
            onChange={(event) => onQuery({ ...query, page: 1, size: Number(event.target.value) })}
          >
            {[...new Set([...settings.list.pageSizes, query.size])]
              .sort((a, b) => a - b)
              .map((size) => (
                <option key={size} value={size}>
                  {size}
                </option>
              ))}
          </NativeSelect>
          <Button type="submit" variant="outline" className="scripting:hidden">
            {t("show")}
          </Button>
        </form>
        <nav aria-label={t("pages")} className="flex items-center gap-2">
          {step(t("previous"), query.page - 1, query.page > 1, ChevronLeft)}
          <span aria-current="page" className="px-1 whitespace-nowrap tabular-nums">
            {totalIsEstimate ? t("page", { page: query.page }) : t("pageOf", { page: query.page, pages })}
          </span>
          {step(t("next"), query.page + 1, hasNext, ChevronRight)}
        </nav>
      </div>
    </div>
  );
}
