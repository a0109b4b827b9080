import { useFormatter, useTranslations } from "next-intl";
import { isValidElement, type ReactElement } from "react";
import { Badge } from "@/components/ui/badge";
import { isDay } from "@/lib/crud/days";

/** What a cell may hold: a value whose look follows from its kind, or something drawn already. */
export type CellValue = string | boolean | Date | string[] | null | ReactElement;

export type CellKind = "text" | "code" | "boolean" | "dateTime" | "list";

/** In UTC, and says so: administrators compare these times with each other and with logs. */
export const DATE_TIME = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
} as const;

/** A day has no hour and no time zone: it is the same one for everybody. */
const DAY = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" } as const;

/** More than this many badges make a row unreadable; the rest is counted. */
const MAX_BADGES = 3;

function BadgeList({ items }: { items: string[] }) {
  const t = useTranslations("list");
  if (items.length === 0) return <span className="text-muted-foreground">{t("empty")}</span>;
  const hidden = items.slice(MAX_BADGES);
  return (
    <span className="inline-flex flex-wrap gap-1">
      {items.slice(0, MAX_BADGES).map((item) => (
        <Badge key={item} tone="neutral">
          {item}
        </Badge>
      ))}
      {hidden.length > 0 && (
        <span title={hidden.join(", ")}>
          <Badge tone="neutral" aria-hidden>
            +{hidden.length}
          </Badge>
          <span className="sr-only">{hidden.join(", ")}</span>
        </span>
      )}
    </span>
  );
}

export function Cell({ kind, value }: { kind: CellKind; value: CellValue }) {
  const t = useTranslations("list");
  const format = useFormatter();
  if (value === null || value === "") return <span className="text-muted-foreground">{t("empty")}</span>;
  if (typeof value === "boolean") return <Badge tone={value ? "good" : "neutral"}>{value ? t("yes") : t("no")}</Badge>;
  if (isValidElement(value)) return value;
  if (Array.isArray(value)) return <BadgeList items={value} />;
  if (value instanceof Date) {
    return (
      <time dateTime={value.toISOString()} className="whitespace-nowrap tabular-nums">
        {format.dateTime(value, DATE_TIME)}
      </time>
    );
  }
  if (kind === "dateTime" && isDay(value)) {
    return (
      <time dateTime={value} className="whitespace-nowrap tabular-nums">
        {format.dateTime(new Date(`${value}T00:00:00Z`), DAY)}
      </time>
    );
  }
  return kind === "code" ? (
    <code className="text-[0.95em] max-md:wrap-anywhere">{value}</code>
  ) : (
    <span className="break-words max-md:wrap-anywhere">{value}</span>
  );
}
