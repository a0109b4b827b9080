"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { NativeSelect } from "@/components/ui/native-select";
import { type ListQuery, listHref } from "@/lib/crud/list-query";

export type BulkChoice = { id: string; label: string };

type SelectionBarProps = {
  formId: string;
  path: string;
  query: ListQuery;
  actions: BulkChoice[];
  chosenCount: number;
  isWhole: boolean;
  onWhole: (isWhole: boolean) => void;
  total: number;
  totalIsEstimate: boolean;
};

/**
 * What to do with the ticked rows, or with all that match. It leads to a page that says what would happen; it is always
 * there, so that nothing moves when the first row is ticked.
 */
export function SelectionBar(props: SelectionBarProps) {
  const { formId, path, query, actions, chosenCount, isWhole, onWhole, total, totalIsEstimate } = props;
  const t = useTranslations("list");
  const isNothing = chosenCount === 0 && !isWhole;
  return (
    <form
      id={formId}
      method="get"
      action={`${path}/bulk`}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b bg-muted/30 px-4 py-2 text-sm"
    >
      <input type="hidden" name="from" value={listHref(path, query)} />
      <p className="hidden min-w-28 text-muted-foreground scripting:block" aria-live="polite">
        {isWhole ? t("selectedAll") : t("selected", { count: chosenCount })}
      </p>
      <label className="inline-flex min-h-8 items-center gap-2">
        <Checkbox name="all" value="true" checked={isWhole} onChange={(event) => onWhole(event.target.checked)} />
        {totalIsEstimate ? t("selectAllAbout", { total }) : t("selectAll", { total })}
      </label>
      <span className="flex min-w-0 items-center gap-2 max-sm:w-full sm:ml-auto">
        <NativeSelect name="action" aria-label={t("bulkAction")} defaultValue="" required className="min-w-0 flex-1">
          <option value="">{t("bulkChoose")}</option>
          {actions.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </NativeSelect>
        {/* Without scripts nobody knows whether a row is ticked: the next page says so. */}
        <span className="hidden scripting:contents">
          <Button type="submit" variant="outline" disabled={isNothing}>
            {t("bulkContinue")}
          </Button>
        </span>
        <span className="contents scripting:hidden">
          <Button type="submit" variant="outline">
            {t("bulkContinue")}
          </Button>
        </span>
      </span>
    </form>
  );
}
