import { useFormatter, useTranslations } from "next-intl";
import { DATE_TIME } from "@/components/data-table/cell";

/** Old and new values by field, as the audit trail keeps them. */
type Changes = Record<string, { from: unknown; to: unknown }>;

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function useValueText(labels: Record<string, string>): (field: string, value: unknown) => string {
  const t = useTranslations("list");
  const format = useFormatter();
  return (field, value) => {
    const label = labels[`${field}.${value}`];
    if (label !== undefined) return label;
    if (value === null || value === undefined || value === "") return t("empty");
    if (typeof value === "boolean") return value ? t("yes") : t("no");
    if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : t("empty");
    if (typeof value === "string" && INSTANT.test(value)) return format.dateTime(new Date(value), DATE_TIME);
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
}

const isEmpty = (value: unknown) => value === null || value === "" || (Array.isArray(value) && value.length === 0);

const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * What changed, field by field: old and new value, or what came and what went.
 * @param labels words for fields by name, and for values by `field.value`
 */
export function ChangeList({ changes, labels }: { changes: Changes; labels: Record<string, string> }) {
  const t = useTranslations("history");
  const valueText = useValueText(labels);
  // What was empty and is still, as in a new record, says nothing.
  const entries = Object.entries(changes).filter(([, { from, to }]) => !(isEmpty(from) && isEmpty(to)));
  if (entries.length === 0) return null;
  return (
    <dl className="grid content-start gap-1 text-sm">
      {entries.map(([field, { from, to }]) => {
        const [came, went] = [
          listed(to).filter((item) => !listed(from).includes(item)),
          listed(from).filter((item) => !listed(to).includes(item)),
        ];
        return (
          <div key={field}>
            <dt className="inline text-muted-foreground">{labels[field] ?? field}: </dt>
            <dd className="inline break-words">
              {Array.isArray(to) || Array.isArray(from) ? (
                [...came.map((item) => `+ ${item}`), ...went.map((item) => `− ${item}`)].join(", ") ||
                valueText(field, to)
              ) : from === null ? (
                valueText(field, to)
              ) : (
                <>
                  <span className="sr-only">{t("from")} </span>
                  <del className="text-muted-foreground">{valueText(field, from)}</del>
                  <span aria-hidden> → </span>
                  <span className="sr-only">{t("to")} </span>
                  <ins className="no-underline">{valueText(field, to)}</ins>
                </>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
