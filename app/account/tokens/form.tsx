"use client";

import Link from "next/link";
import { useActionState, useEffect, useRef } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import { createToken, type TokenState } from "./actions";
import { MadeToken, type MadeTokenTexts } from "./made-token";

type TokenFormProps = {
  /** What had been typed before the password was asked for. */
  typedName: string;
  lifetimes: { days: string; label: string }[];
  texts: Record<"name" | "nameHint" | "days" | "submit" | "working" | "cancel", string> & MadeTokenTexts;
};

/** Asks for a token, and then shows it in its place. */
export function TokenForm({ typedName, lifetimes, texts }: TokenFormProps) {
  const [state, action, isPending] = useActionState<TokenState, FormData>(createToken, {
    typed: { name: typedName, days: "" },
    problems: {},
  });
  const nameRef = useRef<HTMLInputElement>(null);
  const { typed, problems, error, made } = state;

  useEffect(() => {
    if (state.problems.name) nameRef.current?.focus();
  }, [state]);

  if (made) return <MadeToken {...made} texts={texts} />;
  return (
    <form action={action} className="grid gap-5" noValidate>
      {error && <Alert kind="alert">{error}</Alert>}
      <div>
        <label htmlFor="name" className="mb-1.5 block text-sm font-medium">
          {texts.name}
        </label>
        <Input
          ref={nameRef}
          id="name"
          name="name"
          defaultValue={typed.name}
          maxLength={100}
          autoComplete="off"
          required
          aria-invalid={problems.name !== undefined}
          aria-describedby={problems.name ? "name-error name-hint" : "name-hint"}
        />
        {problems.name && (
          <p id="name-error" role="alert" className="mt-1.5 text-sm text-destructive">
            {problems.name}
          </p>
        )}
        <p id="name-hint" className="mt-1.5 text-sm text-muted-foreground">
          {texts.nameHint}
        </p>
      </div>
      <div>
        <label htmlFor="days" className="mb-1.5 block text-sm font-medium">
          {texts.days}
        </label>
        <NativeSelect
          id="days"
          name="days"
          // React puts a form back to its first values; the new key makes the last choice the first.
          key={typed.days}
          defaultValue={typed.days}
          aria-invalid={problems.days !== undefined}
          aria-describedby={problems.days && "days-error"}
        >
          {lifetimes.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </NativeSelect>
        {problems.days && (
          <p id="days-error" role="alert" className="mt-1.5 text-sm text-destructive">
            {problems.days}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        <SubmitButton isPending={isPending} texts={texts} />
        <Link href="/account" className={buttonClass({ variant: "ghost" })}>
          {texts.cancel}
        </Link>
      </div>
    </form>
  );
}
