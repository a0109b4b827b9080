"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/cn";
import { PasswordInput } from "@/components/ui/password-input";
import { type PasswordStrength, passwordStrength } from "./password-strength";

/** What the fields say; made by `newPasswordTexts()` on the server, so that these pages carry no other messages. */
export type NewPasswordTexts = Record<
  "password" | "confirm" | "hint" | "show" | "hide" | "showConfirm" | "hideConfirm" | "capsLock" | PasswordStrength,
  string
> & {
  /** For password managers that make passwords: the value of the attribute `passwordrules`. */
  rules: string;
  /** In characters. The server decides; here it is only for the strength. */
  minLength: number;
};

type NewPasswordFieldsProps = {
  texts: NewPasswordTexts;
  /** Sentences, from the last answer: a new object for each answer, the same one until then. */
  problems: { password?: string | undefined; confirm?: string | undefined };
  /** Where a page has other fields with these ids. */
  idPrefix?: string;
};

const bars: Record<PasswordStrength, string> = {
  weak: "w-1/3 bg-destructive",
  fair: "w-2/3 bg-primary",
  strong: "w-full bg-success",
};

function StrengthHint({ strength, text }: { strength: PasswordStrength; text: string }) {
  return (
    <div className="mt-1.5 flex items-center gap-3 text-sm text-muted-foreground">
      <div aria-hidden className="h-1.5 flex-1 overflow-hidden rounded-full bg-muted">
        <div className={cn("h-full rounded-full", bars[strength])} />
      </div>
      <p>{text}</p>
    </div>
  );
}

function LabelledField({
  id,
  label,
  hint,
  problem,
  children,
}: {
  id: string;
  label: string;
  hint?: string;
  problem: string | undefined;
  children: ReactNode;
}) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      {children}
      {problem && (
        <p id={`${id}-error`} role="alert" className="mt-1.5 text-sm text-destructive">
          {problem}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  );
}

/**
 * The fields `password` and `confirm`, for any form with a server action, with and without scripts. No form library and
 * no schema here: the pages behind mailed links must be light.
 */
export function NewPasswordFields({ texts, problems, idPrefix = "" }: NewPasswordFieldsProps) {
  const [strength, setStrength] = useState<PasswordStrength>();
  const passwordRef = useRef<HTMLInputElement>(null);
  const confirmRef = useRef<HTMLInputElement>(null);
  const { minLength } = texts;
  const passwordId = `${idPrefix}password`;
  const confirmId = `${idPrefix}confirm`;

  useEffect(() => {
    // React has emptied the form after an answer; before the first one, something may have been typed already.
    setStrength(passwordStrength(passwordRef.current?.value ?? "", minLength));
    if (problems.password) passwordRef.current?.focus();
    else if (problems.confirm) confirmRef.current?.focus();
  }, [problems, minLength]);

  const shared = {
    autoComplete: "new-password",
    required: true,
    // React hands it on; its types do not know it.
    passwordrules: texts.rules,
  };
  return (
    <>
      <LabelledField id={passwordId} label={texts.password} hint={texts.hint} problem={problems.password}>
        <PasswordInput
          {...shared}
          ref={passwordRef}
          id={passwordId}
          name="password"
          aria-invalid={problems.password !== undefined}
          aria-describedby={`${problems.password ? `${passwordId}-error ` : ""}${passwordId}-hint`}
          onChange={(event) => setStrength(passwordStrength(event.target.value, minLength))}
          texts={texts}
        />
        <div aria-live="polite">{strength && <StrengthHint strength={strength} text={texts[strength]} />}</div>
      </LabelledField>
      <LabelledField id={confirmId} label={texts.confirm} problem={problems.confirm}>
        <PasswordInput
          {...shared}
          ref={confirmRef}
          id={confirmId}
          name="confirm"
          aria-invalid={problems.confirm !== undefined}
          aria-describedby={problems.confirm && `${confirmId}-error`}
          texts={{ ...texts, show: texts.showConfirm, hide: texts.hideConfirm }}
        />
      </LabelledField>
    </>
  );
}
