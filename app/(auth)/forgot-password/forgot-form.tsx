"use client";

import { useActionState } from "react";
import { LoginIdField } from "@/components/form/login-id-field";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { type ForgotState, forgotPassword } from "./actions";

type Texts = Record<"email" | "submit" | "working" | "cancel", string>;

/** @param notice why the browser was led here */
export function ForgotForm({ texts, notice }: { texts: Texts; notice?: string | undefined }) {
  const [state, action, isPending] = useActionState<ForgotState, FormData>(forgotPassword, { email: "" });
  const error = state.error ?? (state.fieldError ? undefined : notice);
  return (
    <form action={action} className="grid gap-4" noValidate>
      {error && <Alert kind="alert">{error}</Alert>}
      <LoginIdField name="email" label={texts.email} typed={state.email} problem={state.fieldError} />
      <SubmitButton isPending={isPending} texts={texts} className="mt-1 w-full" />
      {/* A plain link: the router's would be more script than the rest of this page. */}
      <a href="/login" className={buttonClass({ variant: "ghost", className: "w-full" })}>
        {texts.cancel}
      </a>
    </form>
  );
}
