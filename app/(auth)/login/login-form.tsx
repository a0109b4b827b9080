"use client";

import { useActionState } from "react";
import { LoginIdField } from "@/components/form/login-id-field";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { PasswordInput, type PasswordInputTexts } from "@/components/ui/password-input";
import { type LoginState, login, type ResendState, resendVerificationMail } from "./actions";
import { ResendForm, type ResendTexts } from "./resend-form";

type Texts = Record<"loginId" | "password" | "submit" | "working", string> & PasswordInputTexts;

type LoginFormProps = {
  next: string;
  mode: "email" | "username";
  texts: Texts;
  /** Set when Auth.js sent the browser back here. */
  error: string | undefined;
  resendTexts: ResendTexts;
  /** Where a password is recovered; undefined where there is no mail. */
  forgot: { href: string; label: string } | undefined;
};

/** No form library and no schema here: this page is the first that people load, and must work without scripts. */
export function LoginForm({ next, mode, texts, error, resendTexts, forgot }: LoginFormProps) {
  const [state, action, isPending] = useActionState<LoginState, FormData>(login, { loginId: "", error });
  // Here and not in the form of its own: after a post without scripts, this state brings that form back.
  const [resent, resend, isResending] = useActionState<ResendState, FormData>(resendVerificationMail, {});
  const ticket = state.error === undefined ? resent.ticket : state.ticket;
  return (
    <>
      {state.error && (
        <Alert kind="alert" className="mb-4">
          {state.error}
        </Alert>
      )}
      {ticket && (
        <ResendForm ticket={ticket} texts={resendTexts} state={resent} action={resend} isPending={isResending} />
      )}
      <form action={action} className="grid gap-4">
        <input type="hidden" name="next" value={next} />
        <LoginIdField name="loginId" label={texts.loginId} typed={state.loginId} mode={mode} />
        <div>
          <label htmlFor="password" className="mb-1.5 block text-sm font-medium">
            {texts.password}
          </label>
          <PasswordInput id="password" name="password" autoComplete="current-password" required texts={texts} />
        </div>
        <SubmitButton isPending={isPending} texts={texts} className="mt-1 w-full" />
        {forgot && (
          <a
            href={forgot.href}
            className="justify-self-center rounded-md px-2 py-1 text-sm text-primary hover:underline"
          >
            {forgot.label}
          </a>
        )}
      </form>
    </>
  );
}
