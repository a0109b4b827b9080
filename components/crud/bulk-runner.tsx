"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useActionState, useEffect, useRef, useState } from "react";
import { Refusals } from "@/components/crud/refusals";
import { ProblemText } from "@/components/form/problem";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { type BulkState, newBulkState } from "@/lib/crud/bulk-state";

export type BulkRun = (state: BulkState, form: FormData) => Promise<BulkState>;

type BulkRunnerProps = {
  action: BulkRun;
  /** What the form carries: action, choice and selection. */
  carried: [name: string, value: string][];
  total: number;
  submit: string;
  isDangerous: boolean;
  backHref: string;
};

/**
 * Carries a bulk action out, batch by batch. With scripts one batch follows the other and can be stopped; without, each
 * press of the button does the next one.
 */
export function BulkRunner({ action, carried, total, submit, isDangerous, backHref }: BulkRunnerProps) {
  const t = useTranslations("bulk");
  const [state, run, isPending] = useActionState(action, newBulkState);
  const [isRunning, setRunning] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const done = state.changed + state.unchanged + state.refusedCount;
  const hasStarted = done > 0 || state.isDone;
  const goesOn = isRunning && !isPending && !state.isDone && state.problem === undefined;

  // The state is part of it: each answer asks for the next batch.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (goesOn && hasStarted) form.current?.requestSubmit();
  }, [goesOn, state]);

  return (
    <div className="grid gap-4">
      {state.problem && (
        <Alert kind="alert">
          <ProblemText problem={state.problem} />
        </Alert>
      )}
      {hasStarted && (
        <div role="status" className="grid gap-2">
          <progress
            value={state.isDone ? 1 : done}
            max={state.isDone ? 1 : Math.max(total, done)}
            className="h-2 w-full accent-primary"
          />
          <p className="font-medium">{state.isDone ? t("finished") : t("progress", { done, total })}</p>
          <p className="text-sm text-muted-foreground">
            {t("summary", { changed: state.changed, unchanged: state.unchanged, refused: state.refusedCount })}
          </p>
        </div>
      )}
      {state.isDone && <Refusals refused={state.refused} count={state.refusedCount} />}
      <form ref={form} action={run} onSubmit={() => setRunning(true)} className="flex flex-wrap gap-2">
        {carried.map(([name, value]) => (
          <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
        ))}
        {!state.isDone && (
          <Button type="submit" variant={isDangerous ? "danger" : "primary"} disabled={isPending || goesOn}>
            {hasStarted ? t("goOn") : submit}
          </Button>
        )}
        {isRunning && !state.isDone && (
          <Button variant="outline" onClick={() => setRunning(false)}>
            {t("stop")}
          </Button>
        )}
        <Link href={backHref} className={buttonClass({ variant: state.isDone ? "primary" : "ghost" })}>
          {hasStarted ? t("back") : t("cancel")}
        </Link>
      </form>
    </div>
  );
}
