import { useTranslations } from "next-intl";
import { ProblemText } from "@/components/form/problem";
import type { BulkResult } from "@/lib/crud/bulk-state";

/** Which records a bulk action leaves as they are, and why. */
export function Refusals({ refused, count }: { refused: BulkResult["refused"]; count: number }) {
  const t = useTranslations("bulk");
  if (count === 0) return null;
  return (
    <div>
      <h2 className="text-sm font-medium">{t("refusedTitle", { count })}</h2>
      <ul className="mt-1 max-h-64 overflow-y-auto rounded-md border text-sm">
        {refused.map(({ id, label, problem }) => (
          <li key={id} className="border-b px-3 py-2 last:border-b-0">
            <span className="font-medium break-all">{label || id}</span>
            <span className="block text-muted-foreground">
              <ProblemText problem={problem} />
            </span>
          </li>
        ))}
      </ul>
      {count > refused.length && (
        <p className="mt-1 text-sm text-muted-foreground">{t("refusedMore", { count: count - refused.length })}</p>
      )}
    </div>
  );
}
