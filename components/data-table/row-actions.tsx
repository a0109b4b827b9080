import { Lock, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { MouseEvent } from "react";
import { buttonClass } from "@/components/ui/button";
import type { Row } from "./data-table";

/** New tab and the like are the browser's business. */
export const isPlainClick = (event: MouseEvent) =>
  !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0);

/** What can be done to one row; where nothing can, why not. */
export function RowActions({ row, onDelete }: { row: Row; onDelete?: ((row: Row) => void) | undefined }) {
  const t = useTranslations("list");
  const icon = buttonClass({ variant: "ghost", size: "compact" });
  return (
    <span className="inline-flex items-center justify-end gap-0.5">
      {row.locked && (
        <span className="inline-flex min-h-9 items-center px-2.5 text-muted-foreground" title={row.locked}>
          <Lock className="size-4" aria-hidden />
          <span className="sr-only">{row.locked}</span>
        </span>
      )}
      {row.extra}
      {row.editHref && (
        <Link href={row.editHref} prefetch={false} aria-label={t("editNamed", { name: row.name })} className={icon}>
          <Pencil aria-hidden />
        </Link>
      )}
      {row.deleteHref && (
        <Link
          href={row.deleteHref}
          prefetch={false}
          aria-label={t("deleteNamed", { name: row.name })}
          className={icon}
          onClick={(event) => {
            if (!onDelete || !isPlainClick(event)) return;
            event.preventDefault();
            onDelete(row);
          }}
        >
          <Trash2 aria-hidden />
        </Link>
      )}
    </span>
  );
}
