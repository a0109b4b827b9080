"use client";

import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { ProblemText } from "@/components/form/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { FormState } from "@/lib/crud/form-state";
import type { Problem } from "@/lib/errors";

/** What a deletion would take along, in words; and why it may not be. */
export type DeletePreview = { id: string; name: string; affected: string[]; reason?: Problem };

export type DeleteAction = (
  state: FormState<Record<string, unknown>>,
  form: FormData,
) => Promise<FormState<Record<string, unknown>>>;

/** The question before a deletion: the same on the page and in the dialog. */
export function DeleteConfirm({
  preview,
  from,
  action,
  cancel,
}: {
  preview: DeletePreview;
  from: string;
  action: DeleteAction;
  /** The way out: a link on the page, a button in the dialog. */
  cancel: React.ReactNode;
}) {
  const t = useTranslations("deletion");
  const [state, submit, isPending] = useActionState(action, {});
  const problem = state.problem ?? preview.reason;
  return (
    <form action={submit} className="grid gap-4">
      <input type="hidden" name="id" value={preview.id} />
      <input type="hidden" name="from" value={from} />
      {problem && (
        <Alert kind="alert">
          <ProblemText problem={problem} />
        </Alert>
      )}
      <p>{t("text", { name: preview.name })}</p>
      {preview.affected.length > 0 ? (
        <div>
          <p className="text-sm font-medium">{t("affected")}</p>
          <ul className="mt-1 list-disc pl-5 text-sm text-muted-foreground">
            {preview.affected.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      ) : (
        <p className="text-sm text-muted-foreground">{t("nothingAffected")}</p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="danger" disabled={isPending || preview.reason !== undefined}>
          {isPending ? t("working") : t("submit")}
        </Button>
        {cancel}
      </div>
    </form>
  );
}
