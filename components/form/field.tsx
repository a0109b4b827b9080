import type { ReactNode } from "react";
import type { Problem } from "@/lib/errors";
import { ProblemText } from "./problem";

export const hintId = (name: string) => `${name}-hint`;
export const errorId = (name: string) => `${name}-error`;

/** Ids of the texts that describe a control, for its aria-describedby. */
export const describedBy = (name: string, hint: string | undefined, problem: Problem | undefined) =>
  [problem && errorId(name), hint && hintId(name)].filter(Boolean).join(" ") || undefined;

export function FieldNotes({
  name,
  hint,
  problem,
}: {
  name: string;
  hint?: string | undefined;
  problem?: Problem | undefined;
}) {
  return (
    <>
      {problem && (
        <p id={errorId(name)} role="alert" className="mt-1.5 text-sm text-destructive">
          <ProblemText problem={problem} />
        </p>
      )}
      {hint && (
        <p id={hintId(name)} className="mt-1.5 text-sm text-muted-foreground">
          {hint}
        </p>
      )}
    </>
  );
}

/** A label, a control and what there is to say about it. */
export function Field({
  name,
  label,
  hint,
  problem,
  children,
}: {
  name: string;
  label: string;
  hint?: string | undefined;
  problem?: Problem | undefined;
  children: ReactNode;
}) {
  return (
    <div>
      <label htmlFor={name} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children}
      <FieldNotes name={name} hint={hint} problem={problem} />
    </div>
  );
}
