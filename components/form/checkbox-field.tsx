import type { UseFormRegisterReturn } from "react-hook-form";
import { Checkbox } from "@/components/ui/checkbox";
import type { Problem } from "@/lib/errors";
import { describedBy, FieldNotes } from "./field";

type CheckboxFieldProps = {
  label: string;
  hint?: string;
  registration: UseFormRegisterReturn;
  initial: boolean;
  problem: Problem | undefined;
  /** Shown, but not to be changed here. */
  isFixed?: boolean;
};

export function CheckboxField({ label, hint, registration, initial, problem, isFixed = false }: CheckboxFieldProps) {
  const { name } = registration;
  return (
    <div>
      <label className="inline-flex min-h-6 items-center gap-2.5 text-sm font-medium">
        <Checkbox
          {...(isFixed ? { checked: initial, disabled: true } : { ...registration, defaultChecked: initial })}
          aria-invalid={problem !== undefined}
          aria-describedby={describedBy(name, hint, problem)}
        />
        {label}
      </label>
      {/* What is disabled is not sent, and would look unticked. */}
      {isFixed && initial && <input type="hidden" name={name} value="on" />}
      <div className="-mt-1 pl-6.5">
        <FieldNotes name={name} hint={hint} problem={problem} />
      </div>
    </div>
  );
}
