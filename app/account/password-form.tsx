"use client";

import { useActionState, useEffect, useRef } from "react";
import { NewPasswordFields, type NewPasswordTexts } from "@/components/form/new-password-fields";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { PasswordInput } from "@/components/ui/password-input";
import { changePassword, type PasswordState } from "./actions";

type PasswordFormProps = {
  loginId: string;
  texts: Record<"currentPassword" | "submit" | "working" | "show" | "hide", string>;
  passwordTexts: NewPasswordTexts;
};

export function PasswordForm({ loginId, texts, passwordTexts }: PasswordFormProps) {
  const [{ problems, error }, action, isPending] = useActionState<PasswordState, FormData>(changePassword, {
    problems: {},
  });
  const currentRef = useRef<HTMLInputElement>(null);
  const { currentPassword: problem } = problems;

  useEffect(() => {
    // After the new fields have had their turn: the first field that is wrong has the last word.
    if (problems.currentPassword) currentRef.current?.focus();
  }, [problems]);

  return (
    <form action={action} className="grid max-w-sm gap-4" noValidate>
      {error && <Alert kind="alert">{error}</Alert>}
      {/* For password managers: whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={loginId} readOnly hidden />
      <div>
        <label htmlFor="currentPassword" className="mb-1.5 block text-sm font-medium">
          {texts.currentPassword}
        </label>
        <PasswordInput
          ref={currentRef}
          id="currentPassword"
          name="currentPassword"
          autoComplete="current-password"
          required
          aria-invalid={problem !== undefined}
          aria-describedby={problem && "currentPassword-error"}
          texts={{ ...passwordTexts, show: texts.show, hide: texts.hide }}
        />
        {problem && (
          <p id="currentPassword-error" role="alert" className="mt-1.5 text-sm text-destructive">
            {problem}
          </p>
        )}
      </div>
      <NewPasswordFields texts={passwordTexts} problems={problems} />
      <div>
        <Button type="submit" disabled={isPending}>
          {isPending ? texts.working : texts.submit}
        </Button>
      </div>
    </form>
  );
}
