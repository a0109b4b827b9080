"use client";

import { Columns3 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { FormEvent } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { type ListQuery, listHref, listParams } from "@/lib/crud/list-query";
import { Disclosure } from "./disclosure";

type ColumnsMenuProps = {
  path: string;
  query: ListQuery;
  /** Every column there is, in its usual order. */
  all: { id: string; label: string }[];
  shown: string[];
  onQuery: (query: ListQuery) => void;
};

/** Which columns the list shows. Kept in the address like everything else. */
export function ColumnsMenu({ path, query, all, shown, onQuery }: ColumnsMenuProps) {
  const t = useTranslations("list");
  const { cols: _, ...rest } = query;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const ticked = new FormData(event.currentTarget).getAll("cols").map(String);
    // What was there keeps its place; what is new comes last.
    const kept = shown.filter((id) => ticked.includes(id));
    const cols = [...kept, ...ticked.filter((id) => !kept.includes(id))];
    onQuery(cols.length > 0 ? { ...rest, cols } : rest);
  };
  return (
    <Disclosure icon={Columns3} label={t("columns")}>
      <form method="get" action={path} onSubmit={submit} className="grid gap-1">
        {listParams(rest).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {all.map(({ id, label }) => (
          <label key={id} className="flex min-h-8 items-center gap-2.5 rounded px-2 text-sm hover:bg-muted">
            {/* A new key takes the state of the address over after "back". */}
            <Checkbox key={String(shown.includes(id))} name="cols" value={id} defaultChecked={shown.includes(id)} />
            {label}
          </label>
        ))}
        <div className="mt-1 flex gap-2">
          <Button type="submit">{t("apply")}</Button>
          <Link href={listHref(path, rest)} className={buttonClass({ variant: "ghost" })}>
            {t("columnsReset")}
          </Link>
        </div>
      </form>
    </Disclosure>
  );
}
