import { ArrowDown, ArrowUp } from "lucide-react";
import { useTranslations } from "next-intl";
import type { MouseEvent } from "react";
import { cn } from "@/components/ui/cn";
import { formatSort, type ListQuery, toggleSort } from "@/lib/crud/list-query";

type SortButtonProps = {
  /** The field to sort by. */
  id: string;
  label: string;
  sort: ListQuery["sort"];
  /** The form that carries the rest of the list's state when there are no scripts. */
  formId: string;
  onSort: (sort: ListQuery["sort"]) => void;
};

/** A column's header: up, down, not at all. With Shift the other columns keep their say. */
export function SortButton({ id, label, sort, formId, onSort }: SortButtonProps) {
  const t = useTranslations("list");
  const entry = sort.find(({ field }) => field === id);
  const Icon = entry?.descending ? ArrowDown : ArrowUp;
  const sortOnClick = (event: MouseEvent) => {
    event.preventDefault();
    onSort(toggleSort(sort, id, event.shiftKey));
  };
  return (
    <button
      type="submit"
      form={formId}
      name="sort"
      value={formatSort(toggleSort(sort, id, false))}
      onClick={sortOnClick}
      className="group relative -mx-1.5 inline-flex min-h-8 items-center rounded px-1.5 hover:bg-muted hover:text-foreground"
    >
      {label}
      <Icon
        className={cn(
          "absolute left-full -ml-0.5 size-3.5",
          entry ? "text-primary" : "opacity-0 group-hover:opacity-50 group-focus-visible:opacity-50",
        )}
        aria-hidden
      />
      {entry && <span className="sr-only">{entry.descending ? t("sortDescending") : t("sortAscending")}</span>}
    </button>
  );
}
