"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { FormEvent, MouseEvent } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { settings } from "@/lib/config/settings";
import { type ListQuery, listHref, listParams } from "@/lib/crud/list-query";
import { isPlainClick } from "./row-actions";

type PaginationProps = {
  path: string;
  query: ListQuery;
  total: number;
  totalIsEstimate: boolean;
  /** How many entries match, in words. */
  matching: string;
  /** Whether this page is full, so that there may be another. */
  isFull: boolean;
  onQuery: (query: ListQuery) => void;
};

export function Pagination({ path, query, total, totalIsEstimate, matching, isFull, onQuery }: PaginationProps) {
  const t = useTranslations("list");
  const pages = Math.max(1, Math.ceil(total / query.size));
  const hasNext = totalIsEstimate ? isFull : query.page < pages;

  const jump = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const page = Number(new FormData(event.currentTarget).get("page"));
    if (page >= 1) onQuery({ ...query, page });
  };

  const step = (label: string, page: number, isThere: boolean, Icon: typeof ChevronLeft) => {
    const target = { ...query, page };
    const follow = (event: MouseEvent) => {
      if (!isPlainClick(event)) return;
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
        {matching}
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
          <form method="get" action={path} onSubmit={jump} className="flex items-center gap-1.5">
            {listParams({ ...query, page: 1 }).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <label htmlFor="page" className="whitespace-nowrap text-muted-foreground">
              {t("page")}
            </label>
            <Input
              id="page"
              name="page"
              // A new key takes the number of the address over.
              key={query.page}
              defaultValue={query.page}
              inputMode="numeric"
              pattern="[0-9]{1,7}"
              autoComplete="off"
              aria-current="page"
              className="w-16 text-center tabular-nums"
            />
            {!totalIsEstimate && <span className="whitespace-nowrap tabular-nums">{t("ofPages", { pages })}</span>}
            <Button type="submit" variant="outline" className="scripting:hidden">
              {t("goToPage")}
            </Button>
          </form>
          {step(t("next"), query.page + 1, hasNext, ChevronRight)}
        </nav>
      </div>
    </div>
  );
}
