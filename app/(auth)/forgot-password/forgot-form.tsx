"use client";

import { useActionState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { type ForgotState, forgotPassword } from "./actions";

type Texts = Record<"email" | "submit" | "working" | "cancel", string>;

/** @param notice why the browser was led here */
export function ForgotForm({ texts, notice }: { texts: Texts; notice?: string | undefined }) {
  const [state, action, isPending] = useActionState<ForgotState, FormData>(forgotPassword, { email: "" });
  const error = state.error ?? (state.fieldError ? undefined : notice);
  return (
    <form action={action} className="grid gap-4" noValidate>
      {error && <Alert kind="alert">{error}</Alert>}
      <div>
        <label htmlFor="email" className="mb-1.5 block text-sm font-medium">
          {texts.email}
        </label>
        <Input
          id="email"
          name="email"
          // Not type=email: browsers would refuse addresses that are fine here.
          type="text"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={320}
          defaultValue={state.email}
          // React empties the form after an action; a new key brings the typed value back.
          key={state.email}
          aria-invalid={state.fieldError !== undefined}
          aria-describedby={state.fieldError ? "email-error" : undefined}
        />
        {state.fieldError && (
          <p id="email-error" role="alert" className="mt-1.5 text-sm text-destructive">
            {state.fieldError}
          </p>
        )}
      </div>
      <Button type="submit" disabled={isPending} className="mt-1 w-full">
        {isPending ? texts.working : texts.submit}
      </Button>
      {/* A plain link: the router's would be more script than the rest of this page. */}
      <a href="/login" className={buttonClass({ variant: "ghost", className: "w-full" })}>
        {texts.cancel}
      </a>
    </form>
  );
}
