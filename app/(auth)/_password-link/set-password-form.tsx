"use client";

import { useActionState } from "react";
import { NewPasswordFields, type NewPasswordTexts } from "@/components/form/new-password-fields";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import type { PasswordLinkPurpose } from "@/lib/users/password-links";
import { type PasswordLinkState, setPasswordFromLink } from "./actions";

type SetPasswordFormProps = {
  purpose: PasswordLinkPurpose;
  loginId: string;
  texts: Record<"submit" | "working" | "cancel", string>;
  passwordTexts: NewPasswordTexts;
};

export function SetPasswordForm({ purpose, loginId, texts, passwordTexts }: SetPasswordFormProps) {
  const [state, action, isPending] = useActionState<PasswordLinkState, FormData>(setPasswordFromLink, { problems: {} });
  return (
    <form action={action} className="grid gap-4" noValidate>
      {state.error && <Alert kind="alert">{state.error}</Alert>}
      {/* Not bound to the action: without scripts React would never end drawing the form that has been refused. */}
      <input type="hidden" name="purpose" value={purpose} />
      {/* For password managers: whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={loginId} readOnly hidden />
      <NewPasswordFields texts={passwordTexts} problems={state.problems} />
      <SubmitButton isPending={isPending} texts={texts} className="mt-1 w-full" />
      <a href="/login" className={buttonClass({ variant: "ghost", className: "w-full" })}>
        {texts.cancel}
      </a>
    </form>
  );
}
