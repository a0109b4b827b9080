"use client";

import { useActionState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { PasswordInput, type PasswordInputTexts } from "@/components/ui/password-input";
import { type LoginState, login } from "./actions";
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
  return (
    <>
      {state.error && (
        <Alert kind="alert" className="mb-4">
          {state.error}
        </Alert>
      )}
      {state.ticket && <ResendForm ticket={state.ticket} texts={resendTexts} />}
      <form action={action} className="grid gap-4">
        <input type="hidden" name="next" value={next} />
        <div>
          <label htmlFor="loginId" className="mb-1.5 block text-sm font-medium">
            {texts.loginId}
          </label>
          <Input
            id="loginId"
            name="loginId"
            // Not type=email: browsers would refuse addresses that are fine here.
            type="text"
            inputMode={mode === "email" ? "email" : "text"}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={320}
            defaultValue={state.loginId}
            // React empties the form after an action; a new key brings the typed value back.
            key={state.loginId}
          />
        </div>
        <div>
          <label htmlFor="password" className="mb-1.5 block text-sm font-medium">
            {texts.password}
          </label>
          <PasswordInput id="password" name="password" autoComplete="current-password" required texts={texts} />
        </div>
        <Button type="submit" disabled={isPending} className="mt-1 w-full">
          {isPending ? texts.working : texts.submit}
        </Button>
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
