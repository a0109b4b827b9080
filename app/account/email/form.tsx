"use client";

import Link from "next/link";
import { useActionState, useEffect, useRef } from "react";
import { LoginIdField } from "@/components/form/login-id-field";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { changeEmail, type EmailState } from "./actions";

type EmailFormProps = {
  /** What had been typed before the password was asked for. */
  typed: string;
  texts: Record<"email" | "submit" | "working" | "cancel", string>;
};

export function EmailForm({ typed, texts }: EmailFormProps) {
  const [state, action, isPending] = useActionState<EmailState, FormData>(changeEmail, { email: typed });
  const inputRef = useRef<HTMLInputElement>(null);
  const { email, problem, error } = state;

  useEffect(() => {
    if (state.problem) inputRef.current?.focus();
  }, [state]);

  return (
    <form action={action} className="grid gap-5" noValidate>
      {error && <Alert kind="alert">{error}</Alert>}
      <LoginIdField
        name="email"
        label={texts.email}
        typed={email}
        autoComplete="email"
        problem={problem}
        inputRef={inputRef}
      />
      <div className="flex flex-wrap gap-2">
        <SubmitButton isPending={isPending} texts={texts} />
        <Link href="/account" className={buttonClass({ variant: "ghost" })}>
          {texts.cancel}
        </Link>
      </div>
    </form>
  );
}
