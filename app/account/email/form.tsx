"use client";

import Link from "next/link";
import { useActionState, useEffect, useRef } from "react";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
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
      <div>
        <label htmlFor="email" className="mb-1.5 block text-sm font-medium">
          {texts.email}
        </label>
        <Input
          id="email"
          name="email"
          ref={inputRef}
          // Not type=email: browsers would refuse addresses that are fine here.
          type="text"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={320}
          defaultValue={email}
          // React empties the form after an action; a new key brings the typed value back.
          key={email}
          aria-invalid={problem !== undefined}
          aria-describedby={problem && "email-error"}
        />
        {problem && (
          <p id="email-error" role="alert" className="mt-1.5 text-sm text-destructive">
            {problem}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={isPending}>
          {isPending ? texts.working : texts.submit}
        </Button>
        <Link href="/account" className={buttonClass({ variant: "ghost" })}>
          {texts.cancel}
        </Link>
      </div>
    </form>
  );
}
